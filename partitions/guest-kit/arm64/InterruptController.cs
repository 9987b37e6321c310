namespace Bulkhead.Guests;

/// <summary>Interrupts of one vCPU as a guest for several architectures takes them: here by the GIC.</summary>
internal static class InterruptController
{
    /// <summary>Nothing was pending any more.</summary>
    public const uint None = Gic.Spurious;

    public static void Initialize()
    {
        Gic.InitDistributor();
        Gic.InitCpu();
    }

    public static uint Acknowledge(ref ExceptionFrame frame) => GicCpu.Acknowledge();

    public static void End(uint interrupt) => GicCpu.EndOfInterrupt(interrupt);
}
