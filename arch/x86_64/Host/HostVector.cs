namespace Bulkhead.X86.Host;

/// <summary>The hypervisor's own interrupt vectors. The upper four bits are the priority (SDM 3 11.8.3).</summary>
internal static class HostVector
{
    /// <summary>Where the interrupt controllers of the PC/AT would interrupt if they were not masked.</summary>
    public const uint LegacyPic = 0x20;
    /// <summary>The I/O APIC's input n comes as this and n.</summary>
    public const uint FirstGsi = 0x30;
    public const uint GsiCount = Timer - FirstGsi;
    public const uint Timer = 0x70;
    public const uint Kick = 0x71;
    /// <summary>From here on nothing is told to send any; there are no stubs for them.</summary>
    public const uint End = 0x80;
    /// <summary>Its low four bits are ones on old processors whatever is written (SDM 3 11.9).</summary>
    public const uint Spurious = 0x7f;
}
