using System.Runtime.CompilerServices;

namespace Bulkhead.Partitions;

/// <summary>What the part of a table that is already checked has taken.</summary>
internal struct TableSpace
{
    /// <summary>Bit per board CPU.</summary>
    public uint TakenCpus;
    /// <summary>The board's RAM.</summary>
    public SpanSet Ram;
    /// <summary>Flash and the devices the hypervisor keeps.</summary>
    public SpanSet Hypervisors;
    /// <summary>Addresses of the present guest.</summary>
    public SpanSet Guest;
    /// <summary>Bytes of the image.</summary>
    public SpanSet Slots;
    /// <summary>Bit per physical interrupt.</summary>
    public InterruptBits TakenInterrupts;

    /// <summary>Takes a device for the hypervisor; false if it is not sound or overlaps RAM or another device.</summary>
    public bool AddDevice(AddressSpan device, ulong alignment, int bits) =>
        device.IsSound(alignment, bits) && !Ram.Touches(device) && Hypervisors.Add(device);

    [InlineArray((int)ApplianceTableReader.InterruptCount / 32)]
    public struct InterruptBits
    {
        private uint _first;
    }
}
