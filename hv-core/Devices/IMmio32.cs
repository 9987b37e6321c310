using Bulkhead.Memory;

namespace Bulkhead.Devices;

/// <summary>Words of the board's device registers: each call is exactly one access, in program order with the others to the device.</summary>
public interface IMmio32
{
    static abstract uint Read32(HostPhys address);
    static abstract void Write32(HostPhys address, uint value);
}
