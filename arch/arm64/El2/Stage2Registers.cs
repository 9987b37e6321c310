namespace Bulkhead.Arm64.El2;

/// <summary>Which stage 2 tables this CPU's guest runs under.</summary>
internal static class Stage2Registers
{
    // VTCR_EL2 (DDI 0487 D24.2.200): RES1, PS from the CPU, 4 KiB granule, inner shareable write-back walks, SL0 1, T0SZ 25.
    private const ulong Vtcr = 1ul << 31 | 3ul << 12 | 1ul << 10 | 1ul << 8 | 1ul << 6 | 25;
    private const int Mmfr0 = 6 * 8 + 0;

    public static void Load(ref Partition partition)
    {
        ulong physicalSize = SystemRegister.ReadIdRegister(Mmfr0) & 7;
        SystemRegister.WriteVtcr(Vtcr | physicalSize << 16);
        SystemRegister.WriteVttbr(partition.Vmid << 48 | partition.Stage2.Value);
        SystemRegister.WriteCntvoff(partition.CounterOffset);
        Instruction.Isb();
        Instruction.TlbiVmallS12();
        Instruction.DsbIsh();
        Instruction.Isb();
    }
}
