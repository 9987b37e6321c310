namespace Bulkhead.X86.Guest;

/// <summary>Registers after a reset and at the ways to start, whichever vendor (SDM 3 table 9-1, APM 2 table 14-1).</summary>
internal static class ResetValues
{
    public const ulong Cr0 = 0x6000_0010, Rflags = 2, Dr6 = 0xffff_0ff0, Dr7 = 0x400, Pat = 0x0007_0406_0007_0406;

    /// <summary>Flat protected mode, and 64-bit mode.</summary>
    public const ulong Cr0Protected = 0x11, Cr0Long = 0x8000_0011, Cr4Pae = 0x20, EferLong = 0x500;

    /// <summary>
    /// Type, S, DPL and P of a descriptor; its upper bits are where each vendor wants them. TR holds a 32-bit TSS from the
    /// start: with a 16-bit one no CPU goes to long mode (SDM 2 MOV CRn), and kernels load TR only there.
    /// </summary>
    public const ushort RealCode = 0x09b, RealData = 0x093, Ldt = 0x082, Tss = 0x08b;

    /// <summary>What the Linux boot protocol has in the GDT of a 64-bit entry; a flat start takes the same places one lower.</summary>
    public const ushort ProtectedCode = 0x08, ProtectedData = 0x10, LongCode = 0x10, LongData = 0x18;
}
