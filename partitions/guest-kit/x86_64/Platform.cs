namespace Bulkhead.Guests;

/// <summary>Where this guest's devices are: a PC's places, which every manifest here leaves as they are.</summary>
internal static unsafe class Platform
{
    private const uint StartMagic = 0x336e_c578;

    public const ulong Uart = 0x3f8;
    public const ulong LocalApic = 0xfee0_0000;
    public const ulong IoApic = 0xfec0_0000;

    /// <summary>Whether a PVH loader started us (hvm_start_info's magic).</summary>
    public static bool IsPvh;

    public static void Read(byte* startInfo)
    {
        IsPvh = startInfo != null && *(uint*)startInfo == StartMagic;
        Console.Uart.Enable();
    }
}
