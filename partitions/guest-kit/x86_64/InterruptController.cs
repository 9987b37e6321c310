namespace Bulkhead.Guests;

/// <summary>Interrupts of one vCPU as a guest for several architectures takes them: here by the local APIC, already acknowledged.</summary>
internal static class InterruptController
{
    /// <summary>Nothing was pending any more.</summary>
    public const uint None = LocalApic.SpuriousVector;

    public static void Initialize() => LocalApic.Enable(LocalApic.CanX2);

    public static uint Acknowledge(ref ExceptionFrame frame) => (uint)frame.Vector;

    public static void End(uint interrupt) => LocalApic.Write(LocalApic.Eoi, 0);
}
