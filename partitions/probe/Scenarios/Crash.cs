namespace Bulkhead.Guests.Probe;

/// <summary>A fetch from an address the guest maps and nothing answers: beyond repair for a hypervisor (decision 4).</summary>
internal static class Crash
{
    private const ulong Nowhere = 0x7_f000_0000;

    public static void Run()
    {
        AddressSpace.MapMemory(Nowhere);
        Console.WriteLine("probe: about to crash"u8);
        AddressSpace.JumpTo(Nowhere);
    }
}
