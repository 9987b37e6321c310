using System;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Memory;

namespace Bulkhead.X86.Host;

/// <summary>
/// Each CPU's own tables: the hypervisor's 2 MiB at its virtual base (shared, built by Boot/Entry.S), and one to one the
/// interrupt controllers and the RAM of the one guest this CPU serves. Never another's memory.
/// </summary>
internal static unsafe class HostMap
{
    private const int HypervisorEntry = 511;

    private static FourLevelFormat _format;
    private static ulong _bootRoot;
    private static Roots _root;

    /// <summary>For the boot CPU to find its way: what firmware and loader left below 4 GiB, read only.</summary>
    public static void CreateFirst()
    {
        _format = FourLevelFormat.Host(CpuFeatures.Paging);
        _bootRoot = NewRoot();
        Map(_bootRoot, BootMemory.VirtualOffset, default, BootMemory.Size, MapAttributes.Read);
        Switch(_bootRoot);
    }

    /// <summary>Adds to the boot CPU's first map, one to one.</summary>
    public static void AddFirst(HostPhys start, ulong bytes, MapAttributes attributes) => Map(_bootRoot, start.Value, start, bytes, attributes);

    /// <summary>A CPU's own tables, yet without a guest's RAM.</summary>
    public static void Create(int cpu) => _root[cpu] = NewRoot();

    public static void Add(int cpu, HostPhys start, ulong bytes, MapAttributes attributes) => Map(_root[cpu], start.Value, start, bytes, attributes);

    /// <summary>The RAM of the guest that a CPU serves.</summary>
    public static void AddGuest(int cpu, in GuestEntry guest)
    {
        PageTable<FourLevelFormat, HostTableOps> tables = Tables(_root[cpu]);
        Check(GuestMap.FillHost(in guest, ref tables));
    }

    /// <summary>From the tables this CPU came up with to its own.</summary>
    public static void Use(int cpu) => Switch(_root[cpu]);

    /// <summary>A stack that runs out faults instead of writing into its neighbour. Before any other CPU runs.</summary>
    public static void UnmapGuardPage(ulong virtualAddress)
    {
        ulong* table = (ulong*)(Instruction.AddressOfBootTables() + HypervisorLayout.BootLastTable);
        table[(virtualAddress - HypervisorLayout.VirtualBase) / PagePool.PageSize] = 0;
        Instruction.Invlpg(virtualAddress);
    }

    /// <summary>The 2 MiB behind the hypervisor's own, on all CPUs: what Boot/Entry.S left empty. At boot.</summary>
    public static void MapBehindOwn(HostPhys start) =>
        ((ulong*)(Instruction.AddressOfBootTables() + HypervisorLayout.BootDirectory))[1] =
            _format.MakeLeaf(start, MapAttributes.Read | MapAttributes.Write, FourLevelFormat.MidLevel);

    private static void Map(ulong root, ulong virtualAddress, HostPhys start, ulong bytes, MapAttributes attributes) =>
        Check(Tables(root).Map(virtualAddress, start, bytes, attributes));

    private static PageTable<FourLevelFormat, HostTableOps> Tables(ulong root) =>
        new(ref Pool.Pages, HypervisorLayout.ToPhysical(root), _format, default);

    private static void Check(PageTableStatus status)
    {
        if (status != PageTableStatus.Ok)
            Bug.Stop(BugKind.Assertion);
    }

    private static ulong NewRoot()
    {
        ulong root = Pool.Take(1);
        ((ulong*)root)[HypervisorEntry] = ((ulong*)Instruction.AddressOfBootTables())[HypervisorEntry];
        return root;
    }

    private static void Switch(ulong root) => Register.WriteCr3(HypervisorLayout.ToPhysical(root).Value);

    [InlineArray(HypervisorLayout.MaxCpus)]
    private struct Roots
    {
        private ulong _first;
    }
}
