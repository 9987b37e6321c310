using System;
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
    // Beyond all ports.
    private const uint Nowhere = 0x1_0000;

    private uint _uart;
    private uint _sleep;
    private uint _reset;
    private uint _watchdog;
    private uint _control;
    // The stretch from the first to the last of the ports that Find knows.
    private uint _others;
    private uint _otherCount;

    public void Initialize(in GuestEntry guest)
    {
        ref readonly X86Platform platform = ref guest.X86;
        _uart = platform.UartPort;
        _sleep = platform.SleepPort;
        _reset = platform.ResetPort;
        _watchdog = guest.Watchdog.Timeout != 0 ? platform.WatchdogPort : Nowhere;
        _control = guest.IsControl ? platform.ControlPort : Nowhere;
        _others = Math.Min(Math.Min(_sleep, _reset), _control);
        uint end = Math.Max(_sleep + X86TableRules.SleepPorts, _reset + 1);
        _otherCount = (guest.IsControl ? Math.Max(end, _control + Uart16550.RegisterCount) : end) - _others;
    }

    /// <summary>Whether it is the UART's, the one port that is in a hurry, and which of its registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsUart(uint port, out uint offset)
    {
        offset = port - _uart;
        return offset < Uart16550.RegisterCount;
    }

    /// <summary>Whether <see cref="Find"/> may know a port: no for most of those that nobody has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool MayBeOther(uint port) => port - _others < _otherCount;

    /// <summary>Whether a 32-bit access is one of the watchdog's registers, and which.</summary>
    public readonly bool IsWatchdog(uint port, out uint register)
    {
        register = port - _watchdog;
        return register < X86TableRules.WatchdogPorts && register % 4 == 0;
    }

    /// <summary>The device of any other port, and which of its registers where it has several.</summary>
    public readonly PortDevice Find(uint port, out uint offset)
    {
        offset = port - _control;
        if (port == _sleep)
            return PortDevice.SleepControl;
        if (port == _sleep + 1)
            return PortDevice.SleepStatus;
        if (port == _reset)
            return PortDevice.Reset;
        return offset < Uart16550.RegisterCount ? PortDevice.ControlUart : PortDevice.None;
    }
}
