using System;
using System.Runtime.CompilerServices;
using Bulkhead.Arm64.Memory;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Each CPU's EL2 tables: the hypervisor's own 2 MiB at its virtual base (shared, built by Boot/Entry.S), the board's
/// console and interrupt controller, image and flash, and the RAM of the one guest this CPU serves. Never another's memory.
/// </summary>
internal static class HostMap
{
    public const MapAttributes Device = MapAttributes.Read | MapAttributes.Write | MapAttributes.Device;

    private const ulong BlockSize = 2ul << 20;
    private const ulong HypervisorEntry = (HypervisorLayout.VirtualBase >> 30) * sizeof(ulong);

    private static Roots _root;
    private static HostPhys _bootRoot;

    /// <summary>Enough for the boot CPU to find its way: the device tree, read only.</summary>
    public static void CreateFirst(HostPhys deviceTree)
    {
        _bootRoot = NewRoot();
        if (deviceTree.Value != 0)
        {
            HostPhys start = new(deviceTree.Value & ~(BlockSize - 1));
            Map(_bootRoot, start.Value, start, 2 * BlockSize, MapAttributes.Read);
        }
        Switch(_bootRoot);
    }

    /// <summary>Adds to the boot CPU's first map.</summary>
    public static void AddFirst(ulong virtualAddress, HostPhys start, ulong bytes, MapAttributes attributes) =>
        Map(_bootRoot, virtualAddress, start, bytes, attributes);

    public static void Create(int cpu)
    {
        HostPhys root = NewRoot();
        ref readonly BoardFacts board = ref ApplianceTables.Board;
        Identity(root, board.Arm64.Uart, PagePool.PageSize, Device);
        Identity(root, board.Arm64.Gicd, 0x1_0000, Device);
        Identity(root, board.Arm64.Gicr + (ulong)(uint)cpu * board.Arm64.GicrStride, board.Arm64.GicrStride, Device);
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        if (vcpu.Core.Guest >= 0)
        {
            ref readonly GuestEntry guest = ref ApplianceTables.Guest(vcpu.Core.Guest);
            PageTable<Vmsav8Format, TableOps> tables = Tables(root, HypervisorLayout.VirtualBits);
            Check(GuestMap.FillHost(in guest, ref tables));
        }
        MapImage(root);
        _root[cpu] = root;
    }

    // Every CPU's: each may lead a guest, or take what changes the state record.
    private static void MapImage(HostPhys root)
    {
        ulong image = MappedImage.Base.Value;
        Map(root, MappedImage.VirtualOffset + image, MappedImage.Base, MappedImage.Size, BootImage.Attributes);
        if (NorFlash.IsThere)
            Map(root, NorFlash.CommandOffset + image, MappedImage.Base, MappedImage.Size, Device);
    }

    /// <summary>From the tables this CPU came up with to its own.</summary>
    public static void Use(int cpu) => Switch(_root[cpu]);

    /// <summary>A stack that runs out faults instead of writing into its neighbour. All CPUs share the table it is in.</summary>
    public static void UnmapGuardPage(ulong virtualAddress) => Tables(_bootRoot, Vmsav8Format.MostInputBits).Unmap(virtualAddress, PagePool.PageSize);

    /// <summary>Adds to the hypervisor's own addresses, which all CPUs share. At boot.</summary>
    public static void MapOwn(ulong virtualAddress, HostPhys start, ulong bytes) =>
        Check(Tables(_bootRoot, Vmsav8Format.MostInputBits).Map(virtualAddress, start, bytes, MapAttributes.Read | MapAttributes.Write));

    private static void Identity(HostPhys root, HostPhys start, ulong bytes, MapAttributes attributes) =>
        Map(root, start.Value, start, bytes, attributes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Map(HostPhys root, ulong virtualAddress, HostPhys start, ulong bytes, MapAttributes attributes) =>
        Check(Tables(root, HypervisorLayout.VirtualBits).Map(virtualAddress, start, bytes, attributes));

    private static void Check(PageTableStatus status)
    {
        if (status != PageTableStatus.Ok)
            Bug.Stop(BugKind.Assertion);
    }

    // VirtualBits: the hypervisor's own addresses are never mapped over, whatever the board file says.
    private static PageTable<Vmsav8Format, TableOps> Tables(HostPhys root, int inputBits) =>
        new(ref HypervisorPages.Pool, root, Vmsav8Format.El2(Stage2Registers.PhysicalSize, inputBits), TableOps.El2);

    private static HostPhys NewRoot()
    {
        HostPhys root = HypervisorPages.TakeRoot();
        HostPhys boot = HypervisorLayout.ToPhysical(Instruction.AddressOfBootL1());
        TableOps.El2.Write(root + HypervisorEntry, TableOps.El2.Read(boot + HypervisorEntry));
        return root;
    }

    private static void Switch(HostPhys root)
    {
        Instruction.DsbIshst();
        SystemRegister.WriteTtbr0(root.Value);
        Instruction.Isb();
        Instruction.TlbiAllEl2();
        Instruction.DsbIsh();
        Instruction.Isb();
    }

    [InlineArray(HypervisorLayout.MaxCpus)]
    private struct Roots
    {
        private HostPhys _first;
    }
}
