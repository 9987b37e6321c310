namespace Bulkhead.Guests.Probe;

/// <summary>The registers that its ACPI tables name, where every manifest here leaves them (ACPI 6.5, 4.8.3.6 and 4.8.3.7).</summary>
internal static class Power
{
    public const uint SleepControl = 0x600, ResetPort = 0x604;
    public const byte ResetValue = 6, SleepOff = 5 << 2 | 1 << 5;

    public static void Reset() => Device.Out8(ResetPort, ResetValue);
}
