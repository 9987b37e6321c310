using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Probe;

/// <summary>What no hypervisor can repair: each ends this guest, and no other.</summary>
internal static class Crash
{
    // Neither RAM nor a device.
    private const ulong Nowhere = 0xd000_0000;

    public static void Run() => TripleFault();

    /// <summary>An exception without an IDT (SDM 3 6.15, interrupt 8).</summary>
    public static void TripleFault()
    {
        Console.WriteLine("probe: about to fault three times"u8);
        FaultWithoutTable();
    }

    /// <summary>MOVUPS is no instruction that reaches a device.</summary>
    public static void UnemulatedAccess()
    {
        Console.WriteLine("probe: about to load 16 bytes from nowhere"u8);
        LoadVector(Nowhere);
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_FaultWithoutTable")] private static extern void FaultWithoutTable();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_LoadVector")] private static extern void LoadVector(ulong address);
}
