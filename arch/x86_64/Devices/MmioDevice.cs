namespace Bulkhead.X86.Devices;

/// <summary>What a guest address outside its RAM belongs to.</summary>
public enum MmioDevice
{
    /// <summary>Nothing: reads as all ones, ignores writes, as a PC's bus does.</summary>
    None,
    LocalApic,
    IoApic,
    /// <summary>A control guest's: its registers.</summary>
    Mailbox,
}
