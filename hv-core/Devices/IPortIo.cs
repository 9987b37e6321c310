namespace Bulkhead.Devices;

/// <summary>Reach to the board's I/O ports. Every call is exactly one access of its width, in program order.</summary>
public interface IPortIo
{
    static abstract byte In8(ushort port);
    static abstract ushort In16(ushort port);
    static abstract uint In32(ushort port);
    static abstract void Out8(ushort port, byte value);
    static abstract void Out16(ushort port, ushort value);
    static abstract void Out32(ushort port, uint value);
}
