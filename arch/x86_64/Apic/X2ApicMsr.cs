namespace Bulkhead.X86.Apic;

/// <summary>The local APIC's MSRs (SDM vol 3, 11.12.1.2 and 11.5.4.1).</summary>
public static class X2ApicMsr
{
    public const uint First = 0x800;
    public const uint Count = 0x40;
    public const uint TscDeadline = 0x6e0;
}
