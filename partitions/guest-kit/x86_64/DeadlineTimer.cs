namespace Bulkhead.Guests;

/// <summary>One interrupt at a time of <see cref="Timer.Now"/>: here the local APIC's TSC deadline.</summary>
internal static class DeadlineTimer
{
    public const uint Interrupt = 0x40;

    public static void Start(ulong deadline)
    {
        if (!LocalApic.CanDeadline)
        {
            Console.WriteLine("guest: the local APIC has no TSC deadline"u8);
            Cpu.Halt();
        }
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.DeadlineMode | Interrupt);
        Move(deadline);
    }

    /// <summary>The next one.</summary>
    public static void Move(ulong deadline) => Cpu.WriteMsr(LocalApic.DeadlineMsr, deadline);
}
