namespace Bulkhead.Guests.Hostile;

/// <summary>RDMSR and WRMSR: every number of the three architectural ranges and of hypervisors' own, one after another and at random.</summary>
internal static unsafe class Msrs
{
    private const uint Range = 0x2000, Numbers = 3 * Range + 0x400;

    private static uint s_next;

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            uint msr = (i & 1) == 0 ? Number(s_next++ % Numbers) : random.OneIn(3) ? Number(random.Below(Numbers)) : (uint)random.Edgy();
            if (random.OneIn(2))
                Read(msr);
            else
                Write(msr, random.Edgy());
        }
    }

    private static uint Number(uint place) => place < Range ? place
        : place < 2 * Range ? 0xc000_0000 + place - Range
        : place < 3 * Range ? 0xc001_0000 + place - 2 * Range
        : place < 3 * Range + 0x200 ? 0x4000_0000 + place - 3 * Range
        : 0x4b56_4d00 + place - 3 * Range - 0x200;

    private static void Read(uint msr)
    {
        Code.X[Code.Rax] = Code.X[Code.Rdx] = 0x5555_5555_5555_5555;
        // No upper half: QEMU's TCG finds the permission map's bit by all 64, and lets such a guest reach the board's MSRs.
        Code.X[Code.Rcx] = msr;
        Fault fault = Code.Run(Instructions.Rdmsr);
        ulong rax = Code.X[Code.Rax];
        Score.Check(fault.IsNone || fault.IsProtection, "RDMSR"u8, msr, fault.Value);
        Score.Check(fault.IsNone ? rax >> 32 == 0 && Code.X[Code.Rdx] >> 32 == 0 : rax == 0x5555_5555_5555_5555, "RDMSR's registers"u8, msr, rax);
        Score.Check(!fault.IsNone || !IsHidden(msr), "RDMSR of what is hidden"u8, msr, rax);
        Score.Take(msr | fault.Value << 8);
    }

    private static void Write(uint msr, ulong value)
    {
        if (!IsHarmless(msr))
            return;
        // Where it says where its clocks are to be, nobody else's memory may be it.
        if (msr is 0x4b56_4d00 or 0x4b56_4d01)
            value = Ram.Scratch + (value & 0xfff) | 1ul;
        Code.X[Code.Rax] = (uint)value | 0x7777_7777_0000_0000ul;
        Code.X[Code.Rdx] = value >> 32 | 0x7777_7777_0000_0000ul;
        Code.X[Code.Rcx] = msr;
        Fault fault = Code.Run(Instructions.Wrmsr);
        Score.Check(fault.IsNone || fault.IsProtection, "WRMSR"u8, msr, fault.Value);
        Score.Check(!fault.IsNone || !IsHidden(msr), "WRMSR of what is hidden"u8, msr, value);
        Score.Take(msr | fault.Value << 8 | 1ul << 63);
    }

    /// <summary>Its own end or confusion: the local APIC's base and commands (Storms.cs), and the mode it runs in.</summary>
    private static bool IsHarmless(uint msr) => msr is not (LocalApic.BaseMsr or >= LocalApic.FirstMsr and < LocalApic.FirstMsr + 0x40);

    /// <summary>VMX and SVM, machine check banks, MTRRs, counters, SMM, debug store, the board's power.</summary>
    private static bool IsHidden(uint msr) => msr is >= 0x480 and <= 0x4ff or 0xc001_0114 or 0xc001_0117 or 0xc001_0111 or >= 0x400 and < 0x480
        or >= 0x200 and < 0x277 or >= 0x38d and <= 0x390 or >= 0xc1 and <= 0xc8 or >= 0x186 and <= 0x18d or 0xc001_0112 or 0xc001_0113 or 0x600
        or >= 0xc001_0200 and <= 0xc001_020b or 0x9e or 0xe7 or 0xe8 or 0x198 or 0x199 or 0x570 or 0xda0;
}
