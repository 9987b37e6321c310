namespace Bulkhead.X86.Devices;

/// <summary>What a guest's I/O port belongs to, when it is not the UART's.</summary>
public enum PortDevice
{
    /// <summary>Nothing: reads as all ones, ignores writes.</summary>
    None,
    SleepControl,
    SleepStatus,
    Reset,
    /// <summary>The second UART of a control guest.</summary>
    ControlUart,
}
