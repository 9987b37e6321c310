namespace Bulkhead.X86.Devices;

/// <summary>What a guest's I/O port belongs to.</summary>
public enum PortDevice
{
    /// <summary>Nothing: reads as all ones, ignores writes.</summary>
    None,
    Uart,
    SleepControl,
    SleepStatus,
    Reset,
}
