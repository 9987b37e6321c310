using System;
using Bulkhead.Devices;

namespace Bulkhead.X86.Disk;

/// <summary>Ports, and a data register read many times into one place.</summary>
public interface IAtaPorts : IPortIo
{
    /// <param name="room">Four bytes for each read: PCI's ATA controllers make two of the drive's words one access.</param>
    static abstract void In32Block(ushort port, Span<byte> room);

    /// <param name="bytes">The same for writing.</param>
    static abstract void Out32Block(ushort port, ReadOnlySpan<byte> bytes);
}
