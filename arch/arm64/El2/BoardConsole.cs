using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>The board's UART and the multiplexer on it.</summary>
internal static class BoardConsole
{
    /// <summary>How long a source may keep the wire with an open line.</summary>
    private const ulong HoldMilliseconds = 5;
    private const ulong FlushPatience = 100_000_000;

    private static ConsoleMultiplexer<PhysicalPl011<Mmio>, CounterClock> _console;
    private static int _ready;

    public static ref ConsoleMultiplexer<PhysicalPl011<Mmio>, CounterClock> Console => ref _console;

    public static bool IsReady => _ready != 0;

    public static ulong Hold => SystemRegister.ReadCntfrq() / 1000 * HoldMilliseconds;

    /// <summary>Before the table is read, so that its errors have somewhere to go.</summary>
    public static void Initialize(HostPhys uart)
    {
        HostMap.AddFirst(uart.Value, uart, Pool.PageSize, HostAttributes.Device);
        _console.Uart.Initialize(uart);
        _console.Initialize(Hold);
        _ready = 1;
    }

    public static void AddGuests()
    {
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
            _console.AddGuest(in ApplianceTables.Guest(guest).Name);
    }

    /// <summary>The UART's interrupt, on the CPU it is routed to.</summary>
    public static void OnInterrupt(ref Vcpu vcpu)
    {
        for (uint received = _console.Receive(); received != 0; received &= received - 1)
        {
            int guest = BitOperations.TrailingZeroCount(received);
            if (guest >= ApplianceTables.GuestCount)
                continue;
            GuestLine line = LineOf(guest, ref vcpu);
            Partitions.Of(guest).Uart.Received<PhysicalPl011<Mmio>, CounterClock, GuestLine, GuestLine>(ref _console, ref line);
        }
        Service(ref vcpu);
    }

    /// <summary>Sends what waits; guests whose ring was full hear of the space.</summary>
    public static void Service(ref Vcpu vcpu)
    {
        for (uint owed = _console.Service(); owed != 0; owed &= owed - 1)
        {
            int guest = BitOperations.TrailingZeroCount(owed);
            GuestLine line = LineOf(guest, ref vcpu);
            Partitions.Of(guest).Uart.SpaceReturned<GuestLine, GuestLine>(ref line);
        }
    }

    /// <summary>Everything out, waiting for the wire: before the board stops.</summary>
    public static void Flush() => _console.Flush(FlushPatience);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestLine LineOf(int guest, ref Vcpu vcpu) =>
        new(guest, vcpu.Guest == guest && Volatile.Read(ref vcpu.Power) == (int)VcpuPower.On ? vcpu.Index : -1);
}
