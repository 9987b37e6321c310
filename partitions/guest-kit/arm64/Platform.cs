using System;

namespace Bulkhead.Guests;

/// <summary>Where this guest's devices are: from its device tree, else QEMU virt's addresses.</summary>
internal static unsafe class Platform
{
    public static ulong Uart;
    public static uint UartIntid;
    public static ulong Gicd;
    public static ulong Gicr;
    public static bool HasDeviceTree;
    private static byte* s_arguments;
    private static int s_argumentsLength;

    public static ReadOnlySpan<byte> Arguments => new(s_arguments, s_argumentsLength);

    public static void Read(byte* deviceTree)
    {
        Uart = 0x0900_0000;
        UartIntid = 33;
        Gicd = 0x0800_0000;
        Gicr = 0x080a_0000;
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

    public static void SetArguments(byte* text, int length)
    {
        s_arguments = text;
        s_argumentsLength = length;
    }

    /// <summary>The value of `name=value` among the arguments, empty if there is none.</summary>
    public static ReadOnlySpan<byte> Argument(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = Arguments;
        while (rest.Length != 0)
        {
            int end = 0;
            while (end < rest.Length && rest[end] != (byte)' ')
                end++;
            ReadOnlySpan<byte> word = rest.Slice(0, end);
            if (word.Length > name.Length && word[name.Length] == (byte)'=' && word.Slice(0, name.Length).SequenceEqual(name))
                return word.Slice(name.Length + 1);
            rest = rest.Slice(end < rest.Length ? end + 1 : end);
        }
        return default;
    }
}
