namespace Bulkhead.BuildGates;

/// <summary>Classes of A64 instructions by their bits (DDI 0487 C4.1).</summary>
public static class A64
{
    /// <summary>SVE is op0 0b0010; SME is op0 0b0000 with bit 31 set. The disassembler knows neither.</summary>
    public static bool IsScalable(uint word) => Op0(word) == 0b0010 || (Op0(word) == 0 && word >> 31 != 0);

    /// <summary>SIMD and FP data processing, or a load or store of such a register.</summary>
    public static bool IsSimd(uint word) => (Op0(word) & 0b0111) == 0b0111 || ((Op0(word) & 0b0101) == 0b0100 && (word & 1u << 26) != 0);

    /// <summary>Exception return, exception generation above SVC's, and the system space but hints and barriers.</summary>
    public static bool IsPrivileged(uint word) =>
        (word & 0xffc0_0000) == 0xd500_0000 && (word & 0xffff_e000) != 0xd503_2000
        || word is 0xd69f_03e0 or 0xd69f_0bff or 0xd69f_0fff
        || (word & 0xffe0_0003) is 0xd400_0001 or 0xd400_0002 or 0xd400_0003;

    private static uint Op0(uint word) => word >> 25 & 0b1111;
}
