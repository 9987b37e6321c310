using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Each CPU's EL2 tables: the hypervisor's own 2 MiB at its virtual base (shared, built by Boot/Entry.S), the board's
/// console and interrupt controller, the image, and the RAM of the one guest this CPU serves. Never another's memory.
/// </summary>
internal static unsafe class HostMap
{
    private const ulong BlockSize = 2ul << 20;
    private const int HypervisorEntry = (int)(HypervisorLayout.VirtualBase >> 30);

    private static Roots _root;
    private static ulong _bootRoot;

    /// <summary>Enough for the boot CPU to find its way: the device tree, read only.</summary>
    public static void CreateFirst(HostPhys deviceTree)
    {
        _bootRoot = NewRoot();
        if (deviceTree.Value != 0)
            Mapper.Map(_bootRoot, deviceTree.Value & ~(BlockSize - 1), new HostPhys(deviceTree.Value & ~(BlockSize - 1)), 2 * BlockSize, HostAttributes.RamReadOnly);
        Switch(_bootRoot);
    }

    /// <summary>Adds to the boot CPU's first map; only ever new entries, so no TLB holds an older one.</summary>
    public static void AddFirst(ulong virtualAddress, HostPhys start, ulong bytes, ulong attributes)
    {
        Mapper.Map(_bootRoot, virtualAddress, start, bytes, attributes);
        Instruction.DsbIshst();
        Instruction.Isb();
    }

    public static void Create(int cpu)
    {
        ulong root = NewRoot();
        ref readonly BoardFacts board = ref ApplianceTables.Board;
        Identity(root, board.Arm64.Uart, Pool.PageSize, HostAttributes.Device);
        Identity(root, board.Arm64.Gicd, 0x1_0000, HostAttributes.Device);
        Identity(root, board.Arm64.Gicr + (ulong)(uint)cpu * board.Arm64.GicrStride, board.Arm64.GicrStride, HostAttributes.Device);
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        if (vcpu.Core.Guest >= 0)
        {
            ref readonly GuestEntry guest = ref ApplianceTables.Guest(vcpu.Core.Guest);
            for (int i = 0; i < guest.MappingCount; i++)
            {
                if (guest.Mapping[i].Kind == MappingKind.Ram)
                    Identity(root, guest.Mapping[i].Host, guest.Mapping[i].Size, HostAttributes.Ram);
            }
            if (vcpu.Core.Index == 0)
                Mapper.Map(root, MappedImage.VirtualOffset + MappedImage.Base.Value, MappedImage.Base, MappedImage.Size, BootImage.Attributes);
        }
        _root[cpu] = root;
    }

    /// <summary>From the tables this CPU came up with to its own.</summary>
    public static void Use(int cpu) => Switch(_root[cpu]);

    /// <summary>A stack that runs out faults instead of writing into its neighbour.</summary>
    public static void UnmapGuardPage(ulong virtualAddress)
    {
        ulong* l3 = (ulong*)Instruction.AddressOfBootL3();
        l3[(virtualAddress - HypervisorLayout.VirtualBase) >> 12] = 0;
        Instruction.DsbIshst();
        Instruction.TlbiVaEl2(virtualAddress >> 12);
        Instruction.DsbIsh();
        Instruction.Isb();
    }

    private static void Identity(ulong root, HostPhys start, ulong bytes, ulong attributes) =>
        Mapper.Map(root, start.Value, start, bytes, attributes);

    private static ulong NewRoot()
    {
        ulong root = Pool.Take(1);
        ((ulong*)root)[HypervisorEntry] = ((ulong*)Instruction.AddressOfBootL1())[HypervisorEntry];
        return root;
    }

    private static void Switch(ulong root)
    {
        Instruction.DsbIshst();
        SystemRegister.WriteTtbr0(HypervisorLayout.ToPhysical(root).Value);
        Instruction.Isb();
        Instruction.TlbiAllEl2();
        Instruction.DsbIsh();
        Instruction.Isb();
    }

    [InlineArray(HypervisorLayout.MaxCpus)]
    private struct Roots
    {
        private ulong _first;
    }
}
