using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.BlackBox;

/// <summary>One run of the board, from reset to reset: what its half of the box is to be read by.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RunHeader
{
    /// <summary>"BHBLKBX1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3158424B4C424842;
    public const uint CurrentVersion = 1;

    public ulong Magic;
    public uint Version;
    /// <summary>Bytes of this header.</summary>
    public uint Size;
    /// <summary>1 for the first run since the box's RAM had power; the half is its lowest bit.</summary>
    public ulong Run;
    public CpuArchitecture Architecture;
    public TraceSource Source;
    public uint CpuCount;
    public uint GuestCount;
    /// <summary>Of the clock, in Hz.</summary>
    public ulong Frequency;
    /// <summary>The clock's count when the run began to write.</summary>
    public ulong Started;
    /// <summary>Not 0: exits are traced.</summary>
    public uint IsTracing;
    public uint Reserved;
    public FixedName Appliance;
    public FixedName Board;
    public Names Guest;
    /// <summary><see cref="Checksum64"/> of all before it.</summary>
    public ulong Checksum;

    [InlineArray(ApplianceTable.MaxGuests)]
    public struct Names
    {
        private FixedName _first;
    }

    public readonly uint Half => (uint)Run & (BlackBoxLayout.Halves - 1);

    public readonly bool IsSound => Magic == ExpectedMagic && Version == CurrentVersion && Size == (uint)Unsafe.SizeOf<RunHeader>()
        && CpuCount - 1 < ApplianceTable.MaxCpus && GuestCount <= ApplianceTable.MaxGuests && Checksum == Compute();

    public void Seal()
    {
        Magic = ExpectedMagic;
        Version = CurrentVersion;
        Size = (uint)Unsafe.SizeOf<RunHeader>();
        Checksum = Compute();
    }

    private readonly ulong Compute() =>
        Checksum64.Of(MemoryMarshal.Cast<RunHeader, ulong>(MemoryMarshal.CreateSpan(ref Unsafe.AsRef(in this), 1)).Slice(0, Unsafe.SizeOf<RunHeader>() / sizeof(ulong) - 1));
}
