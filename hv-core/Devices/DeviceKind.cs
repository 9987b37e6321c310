namespace Bulkhead.Devices;

/// <summary>The virtual devices a guest's map can hold.</summary>
public enum DeviceKind
{
    None,
    Gicd,
    Gicr,
    Uart,
    WatchdogControl,
    WatchdogRefresh,
    /// <summary>A control guest's second PL011.</summary>
    ControlUart,
    /// <summary>A control guest's mailbox: its registers.</summary>
    Mailbox,
}
