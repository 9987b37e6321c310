using Bulkhead.Arm64.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Which stage 2 tables this CPU's guest runs under.</summary>
internal static class Stage2Registers
{
    private const int Mmfr0 = 6 * 8 + 0;

    /// <summary>Physical addresses of the CPU this runs on.</summary>
    public static PhysicalAddressSize PhysicalSize => new(SystemRegister.ReadIdRegister(Mmfr0));

    public static void Load(ref Partition partition)
    {
        SystemRegister.WriteVtcr(VtcrEl2.For(PhysicalSize).Value);
        SystemRegister.WriteVttbr(new VttbrEl2(partition.Vmid, partition.Stage2).Value);
        SystemRegister.WriteCntvoff(partition.CounterOffset);
        Instruction.Isb();
        // Nothing that this VMID left behind, since a reset or in an earlier life of the guest (DDI 0487 D8.16).
        Instruction.TlbiVmallS12();
        Instruction.DsbIsh();
        Instruction.Isb();
    }
}
