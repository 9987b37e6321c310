namespace Bulkhead.Guests;

/// <summary>The vCPU's local APIC (Intel SDM vol 3, 11): by MSRs once it is an x2APIC, before by its page.</summary>
internal static class LocalApic
{
    public const uint Id = 0x20, Tpr = 0x80, Eoi = 0xb0, Svr = 0xf0, Icr = 0x300, IcrHigh = 0x310, LvtTimer = 0x320,
        InitialCount = 0x380, CurrentCount = 0x390, Divide = 0x3e0;
    public const uint BaseMsr = 0x1b, DeadlineMsr = 0x6e0, FirstMsr = 0x800, SelfIpiMsr = 0x83f;
    public const uint Periodic = 1 << 17, DeadlineMode = 2 << 17, Masked = 1 << 16;
    public const byte SpuriousVector = 0xff;

    private const ulong BaseX2 = 1 << 10, BaseEnabled = 1 << 11;
    private const uint SvrEnabled = 1 << 8, DivideByOne = 0xb;
    private const uint HasX2 = 1 << 21, HasDeadline = 1 << 24;

    private static bool s_isX2;

    public static bool IsX2 => s_isX2;

    public static bool CanX2 => (Cpu.Cpuid(1).Ecx & HasX2) != 0;

    public static bool CanDeadline => (Cpu.Cpuid(1).Ecx & HasDeadline) != 0;

    /// <summary>On each vCPU: on, and as an x2APIC if it is to be one.</summary>
    public static void Enable(bool x2)
    {
        ulong value = Cpu.ReadMsr(BaseMsr);
        if ((value & BaseEnabled) == 0)
            Cpu.WriteMsr(BaseMsr, value |= BaseEnabled);
        if (x2 && (value & BaseX2) == 0)
            Cpu.WriteMsr(BaseMsr, value | BaseX2);
        s_isX2 = x2 || (value & BaseX2) != 0;
        Write(Svr, SvrEnabled | SpuriousVector);
        Write(Tpr, 0);
        Write(Divide, DivideByOne);
        Write(LvtTimer, Masked);
    }

    public static uint ReadId() => s_isX2 ? Read(Id) : Read(Id) >> 24;

    public static uint Read(uint register) =>
        s_isX2 ? (uint)Cpu.ReadMsr(FirstMsr + (register >> 4)) : Device.Read32(Platform.LocalApic + register);

    public static void Write(uint register, uint value)
    {
        if (s_isX2)
            Cpu.WriteMsr(FirstMsr + (register >> 4), value);
        else
            Device.Write32(Platform.LocalApic + register, value);
    }

    public static void Send(uint destination, uint command)
    {
        if (s_isX2)
        {
            Cpu.WriteMsr(FirstMsr + (Icr >> 4), (ulong)destination << 32 | command);
            return;
        }
        Write(IcrHigh, destination << 24);
        Write(Icr, command);
    }
}
