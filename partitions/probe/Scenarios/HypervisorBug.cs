namespace Bulkhead.Guests.Probe;

/// <summary>Has the hypervisor crash, where the manifest says `crash_call: true`.</summary>
internal static class HypervisorBug
{
    private const uint Crash = 0xc600_001f;

    /// <param name="kind">1: an exception; 0: a failed check.</param>
    public static void Run(ulong kind)
    {
        Console.WriteLine("probe: about to crash the hypervisor"u8);
        // It also tells whose hypercall instruction this CPU has.
        if (Hypervisor.IsPresent)
            Hypervisor.Call(Crash, kind, 0);
        Console.WriteLine("probe: it did not crash"u8);
    }
}
