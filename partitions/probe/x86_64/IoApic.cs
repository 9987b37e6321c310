namespace Bulkhead.Guests.Probe;

/// <summary>The guest's I/O APIC (82093AA).</summary>
internal static class IoApic
{
    public const uint Level = 1 << 15, Masked = 1 << 16;

    private const ulong Window = Platform.IoApic + 0x10;
    private const uint IdRegister = 0, VersionRegister = 1, FirstEntry = 0x10;

    public static uint Pins => (Read(VersionRegister) >> 16 & 0xff) + 1;

    /// <summary>The register that the window shows; before anything of it is used.</summary>
    public static uint ReadSelect() => Device.Read32(Platform.IoApic);

    public static uint ReadId() => Read(IdRegister);

    public static ulong ReadEntry(uint input) => Read(FirstEntry + 2 * input) | (ulong)Read(FirstEntry + 2 * input + 1) << 32;

    /// <summary>Has an input interrupt the first vCPU.</summary>
    public static void Route(uint input, uint entry)
    {
        Write(FirstEntry + 2 * input + 1, 0);
        Write(FirstEntry + 2 * input, entry);
    }

    private static uint Read(uint register)
    {
        Device.Write32(Platform.IoApic, register);
        return Device.Read32(Window);
    }

    private static void Write(uint register, uint value)
    {
        Device.Write32(Platform.IoApic, register);
        Device.Write32(Window, value);
    }
}
