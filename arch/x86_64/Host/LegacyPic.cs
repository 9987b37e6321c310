namespace Bulkhead.X86.Host;

/// <summary>The PC/AT's two 8259A: moved off the exceptions' vectors, then masked for good.</summary>
internal static class LegacyPic
{
    private const ushort Command1 = 0x20, Data1 = 0x21, Command2 = 0xa0, Data2 = 0xa1;

    /// <summary>ICW1 to ICW4, OCW1 (8259A data sheet). A masked controller may still raise its input 7 for noise.</summary>
    public static void Disable()
    {
        const byte Icw1 = 0x11, Icw4 = 0x01, SlaveOnInput2 = 4, SlaveId = 2, All = 0xff;
        PortIo.Out8(Command1, Icw1);
        PortIo.Out8(Command2, Icw1);
        PortIo.Out8(Data1, (byte)HostVector.LegacyPic);
        PortIo.Out8(Data2, (byte)(HostVector.LegacyPic + 8));
        PortIo.Out8(Data1, SlaveOnInput2);
        PortIo.Out8(Data2, SlaveId);
        PortIo.Out8(Data1, Icw4);
        PortIo.Out8(Data2, Icw4);
        PortIo.Out8(Data1, All);
        PortIo.Out8(Data2, All);
    }
}
