namespace Bulkhead.Guests;

/// <summary>Where this guest's devices are: from its device tree, else QEMU virt's addresses.</summary>
internal static unsafe class Platform
{
    public static ulong Uart;
    public static uint UartIntid;
    /// <summary>A control guest's second one; where every manifest here leaves it.</summary>
    public const ulong ControlUart = 0x0904_0000;
    /// <summary>Its mailbox's registers, and the bytes behind the RAM it is told of that are its buffer.</summary>
    public const ulong Mailbox = 0x0905_0000, MailboxBuffer = 0x1_0000;
    public static ulong Gicd;
    public static ulong Gicr;
    public static bool HasDeviceTree;
    /// <summary>Where it is; 0 without one.</summary>
    public static ulong DeviceTree;
    /// <summary>The RAM that the device tree names; none without one.</summary>
    public static ulong RamBase;
    public static ulong RamSize;

    public static void Read(byte* deviceTree)
    {
        Uart = 0x0900_0000;
        UartIntid = 33;
        Gicd = 0x0800_0000;
        Gicr = 0x080a_0000;
        DeviceTree = (ulong)deviceTree;
        if (deviceTree != null)
        {
            AddressSpace.MapMemory((ulong)deviceTree);
            DeviceTree tree = new(deviceTree);
            HasDeviceTree = tree.IsValid;
            if (HasDeviceTree)
                tree.ReadPlatform();
        }
        AddressSpace.MapDevice(Uart);
        AddressSpace.MapDevice(Gicd);
        AddressSpace.MapDevice(Gicr);
        Console.Uart.Enable();
    }
}
