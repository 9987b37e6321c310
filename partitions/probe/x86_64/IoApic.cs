namespace Bulkhead.Guests.Probe;

/// <summary>The guest's I/O APIC (82093AA).</summary>
internal static class IoApic
{
    public const uint Level = 1 << 15, Masked = 1 << 16;

    private const ulong Window = Platform.IoApic + 0x10;
    private const uint FirstEntry = 0x10;

    /// <summary>Has an input interrupt the first vCPU.</summary>
    public static void Route(uint input, uint entry)
    {
        Write(FirstEntry + 2 * input + 1, 0);
        Write(FirstEntry + 2 * input, entry);
    }

    private static void Write(uint register, uint value)
    {
        Device.Write32(Platform.IoApic, register);
        Device.Write32(Window, value);
    }
}
