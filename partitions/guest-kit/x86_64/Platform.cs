namespace Bulkhead.Guests;

/// <summary>Where this guest's devices are: a PC's places, which every manifest here leaves as they are.</summary>
internal static unsafe class Platform
{
    // hvm_start_info (Xen's public header arch-x86/hvm/start_info.h).
    private const uint StartMagic = 0x336e_c578;
    private const int CommandLineAt = 24, MemoryMapAt = 40, MemoryMapEntriesAt = 48, MemoryMapEntry = 24;
    private const uint Ram = 1;
    private const uint MasterPicMask = 0x21, SlavePicMask = 0xa1;

    public const ulong Uart = 0x3f8;
    /// <summary>A control guest's second one.</summary>
    public const ulong ControlUart = 0x2f8;
    /// <summary>Its mailbox's registers, and the bytes behind the RAM it is told of that are its buffer.</summary>
    public const ulong Mailbox = 0xfeb0_0000, MailboxBuffer = 0x1_0000;
    public const ulong LocalApic = 0xfee0_0000;
    public const ulong IoApic = 0xfec0_0000;

    /// <summary>Whether a PVH loader started us (hvm_start_info's magic).</summary>
    public static bool IsPvh;

    /// <summary>The largest stretch of RAM that the loader names; none without one.</summary>
    public static ulong RamBase;
    public static ulong RamSize;

    public static void Read(byte* startInfo)
    {
        ReadStartInfo(startInfo);
        // On a bare PC the two PICs would interrupt below vector 32; a guest here has none.
        Device.Out8(MasterPicMask, 0xff);
        Device.Out8(SlavePicMask, 0xff);
        Console.Uart.Enable();
    }

    /// <summary>What the loader says, without a touch of any device.</summary>
    public static void ReadStartInfo(byte* startInfo)
    {
        IsPvh = startInfo != null && *(uint*)startInfo == StartMagic;
        if (!IsPvh)
            return;
        ReadArguments(*(byte**)(startInfo + CommandLineAt));
        ReadMemory(*(byte**)(startInfo + MemoryMapAt), *(uint*)(startInfo + MemoryMapEntriesAt));
    }

    private static void ReadArguments(byte* text)
    {
        int length = 0;
        while (text != null && text[length] != 0)
            length++;
        Arguments.Set(text, length);
    }

    private static void ReadMemory(byte* map, uint entries)
    {
        for (byte* entry = map; entries-- != 0; entry += MemoryMapEntry)
        {
            ulong size = *(ulong*)(entry + 8);
            if (*(uint*)(entry + 16) != Ram || size < RamSize)
                continue;
            RamBase = *(ulong*)entry;
            RamSize = size;
        }
    }
}
