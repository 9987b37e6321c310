using Bulkhead.Partitions;

namespace Bulkhead.BlackBox;

/// <summary>
/// Where everything lies in the black box, 2 MiB of RAM that a warm reset leaves alone (docs/blackbox.md). What a run
/// goes on writing exists twice, for this run and the one before it; which half is whose follows from the run's number.
/// </summary>
public static class BlackBoxLayout
{
    public const uint Size = 2 << 20;
    public const uint Halves = 2;

    /// <summary>A <see cref="RunHeader"/> per half.</summary>
    public const uint RunHeaders = 0, RunHeaderStride = 0x800;

    /// <summary>Two <see cref="CrashRecord"/>s for each guest and for the hypervisor, the older one to be overwritten next.</summary>
    public const uint Records = 0x1000, RecordStride = 0x1000, RecordsPerOwner = 2;
    public const int Owners = ApplianceTable.MaxGuests + 1, Hypervisor = ApplianceTable.MaxGuests;

    /// <summary>A record per CPU that is being written.</summary>
    public const uint Drafts = 0x1_4000;

    /// <summary>Per half and CPU: <see cref="TraceEntry"/> by entry, what happened to vCPUs and guests.</summary>
    public const uint Events = 0x2_0000, EventRingSize = 0x1000;

    /// <summary>Per half and console, guests first, then the hypervisor's: <see cref="ConsoleTail"/>.</summary>
    public const uint Consoles = 0x3_0000, ConsoleStride = 0x800, ConsolesPerHalf = 16;

    /// <summary>Per half and CPU: <see cref="TraceEntry"/> by entry, the exits. A ring begins where its size says.</summary>
    public const uint Exits = 0x10_0000, ExitRingSize = 0x1_0000;

    public static uint RunHeader(uint half) => RunHeaders + half * RunHeaderStride;

    public static uint Record(int owner, uint copy) => Records + ((uint)owner * RecordsPerOwner + copy) * RecordStride;

    public static uint Draft(int cpu) => Drafts + (uint)cpu * RecordStride;

    public static uint EventRing(uint half, int cpu) => Events + (half * ApplianceTable.MaxCpus + (uint)cpu) * EventRingSize;

    public static uint Console(uint half, int source) => Consoles + (half * ConsolesPerHalf + (uint)source) * ConsoleStride;

    public static uint ExitRing(uint half, int cpu) => Exits + (half * ApplianceTable.MaxCpus + (uint)cpu) * ExitRingSize;
}
