using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Devices;

/// <summary>
/// Which virtual device an I/O port of a guest belongs to. Where they are is the appliance table's to say, which has
/// no two at one place (<see cref="X86TableRules"/>).
/// </summary>
public struct PortBus
{
    private uint _uart;
    private uint _sleep;
    private uint _reset;

    public void Initialize(in X86Platform platform)
    {
        _uart = platform.UartPort;
        _sleep = platform.SleepPort;
        _reset = platform.ResetPort;
    }

    /// <summary>Whether it is the UART's, the one port that is in a hurry, and which of its registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsUart(uint port, out uint offset)
    {
        offset = port - _uart;
        return offset < Uart16550.RegisterCount;
    }

    /// <summary>The device of any other port.</summary>
    public readonly PortDevice Find(uint port)
    {
        if (port == _sleep)
            return PortDevice.SleepControl;
        if (port == _sleep + 1)
            return PortDevice.SleepStatus;
        return port == _reset ? PortDevice.Reset : PortDevice.None;
    }
}
