using Bulkhead.Memory;

namespace Bulkhead.Devices;

/// <summary>
/// Reach to the board's device registers. Every call is exactly one access of its width, in program order with the
/// other accesses to the same device; the compiler can neither merge nor hoist it.
/// </summary>
public interface IMmio : IMmio32
{
    static abstract byte Read8(HostPhys address);
    static abstract void Write8(HostPhys address, byte value);
}
