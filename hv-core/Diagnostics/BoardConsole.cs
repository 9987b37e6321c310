using System.Numerics;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Diagnostics;

/// <summary>The board's UART and the multiplexer on it.</summary>
public static class BoardConsole<TArch> where TArch : struct, IArch
{
    /// <summary>How long a source may keep the wire with an open line.</summary>
    private const ulong HoldMilliseconds = 5;
    private const int ManagementBit = ConsoleMultiplexer<BoardUart<TArch>, TArch>.Hypervisor;
    private const ulong FlushPatience = 100_000_000;

    private static ConsoleMultiplexer<BoardUart<TArch>, TArch> _console;
    private static int _ready;
    private static ulong _hold;

    public static ref ConsoleMultiplexer<BoardUart<TArch>, TArch> Console
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _console;
    }

    public static bool IsReady => _ready != 0;

    /// <summary>In clock counts.</summary>
    public static ulong Hold => _hold;

    /// <summary>Before the table is read, so that its errors have somewhere to go. The UART is ready.</summary>
    /// <param name="frequency">The clock's counts in a second.</param>
    public static void Initialize(ulong frequency)
    {
        _hold = frequency / 1000 * HoldMilliseconds;
        _console.Initialize(_hold);
        _ready = 1;
    }

    /// <summary>The clock's frequency where it became known only after lines were written.</summary>
    public static void UseFrequency(ulong frequency)
    {
        _hold = frequency / 1000 * HoldMilliseconds;
        _console.UseHold(_hold);
    }

    public static void AddGuests()
    {
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
            _console.AddGuest(in ApplianceTables.Guest(guest).Name);
    }

    /// <summary>The UART's interrupt, on the CPU it is routed to.</summary>
    public static void OnInterrupt(ref VcpuCore here)
    {
        uint received;
        do
        {
            received = _console.Receive();
            for (uint rest = received; rest != 0; rest &= rest - 1)
            {
                int guest = BitOperations.TrailingZeroCount(rest);
                if (guest < ApplianceTables.GuestCount)
                    TArch.UartReceived(guest, ref here);
            }
            if (received >> ManagementBit != 0)
                Management<TArch>.Obey(_console.Management, ref here);
        }
        while (received >> ManagementBit != 0);
        Service(ref here);
    }

    /// <summary>Sends what waits; guests whose ring was full hear of the space.</summary>
    public static void Service(ref VcpuCore here)
    {
        for (uint owed = _console.Service(); owed != 0; owed &= owed - 1)
            TArch.UartSpaceReturned(BitOperations.TrailingZeroCount(owed), ref here);
        // Those who counted on this interrupt may now wait behind an open line.
        if (_console.IsHolding)
            Deadlines<TArch>.ArmConsole(ref here);
    }

    /// <summary>Everything out, waiting for the wire: before the board stops.</summary>
    public static void Flush() => _console.Flush(FlushPatience);
}
