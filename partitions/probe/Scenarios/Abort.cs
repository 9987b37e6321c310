namespace Bulkhead.Guests.Probe;

/// <summary>A load and a store where nothing is: external aborts at EL1 (DDI 0487 D24.2.37, DFSC 0x10).</summary>
internal static class Abort
{
    private const ulong Nothing = 0x0b00_0000;
    private const uint DataAbortSameEl = 0x25, ExternalAbort = 0x10, WriteNotRead = 1 << 6;

    public static void Run()
    {
        FaultTrap.Arm();
        Device.Read32(Nothing);
        Judge("load"u8, false);
        FaultTrap.Arm();
        Device.Write32(Nothing + 8, 1);
        Judge("store"u8, true);
        if (FaultTrap.LastClass == DataAbortSameEl)
            Console.WriteLine("probe: external abort taken"u8);
    }

    private static void Judge(System.ReadOnlySpan<byte> what, bool write)
    {
        uint taken = FaultTrap.Disarm();
        Check.Equal(what, 1, taken);
        Check.Equal("abort class"u8, DataAbortSameEl, FaultTrap.LastClass);
        Check.Equal("abort status"u8, ExternalAbort, FaultTrap.LastEsr & 0x3f);
        Check.Equal("abort address"u8, write ? Nothing + 8 : Nothing, FaultTrap.LastFar);
    }
}
