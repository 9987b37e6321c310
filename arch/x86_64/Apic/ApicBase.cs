namespace Bulkhead.X86.Apic;

/// <summary>IA32_APIC_BASE (SDM vol 3, 11.4.4 and 11.12.1).</summary>
public static class ApicBase
{
    public const uint Msr = 0x1b;
    public const ulong BootProcessor = 1 << 8;
    public const ulong X2Apic = 1 << 10;
    public const ulong Enabled = 1 << 11;
}
