namespace Bulkhead.Guests;

/// <summary>One interrupt at a time of <see cref="Timer.Now"/>: here the virtual timer.</summary>
internal static class DeadlineTimer
{
    public const uint Interrupt = Timer.VirtualIntid;

    public static void Start(ulong deadline)
    {
        Gic.Enable(Interrupt);
        Timer.WriteCntvCval(deadline);
        Timer.WriteCntvCtl(Timer.Enable);
    }

    /// <summary>The next one; in the handler also the end of the last one's level.</summary>
    public static void Move(ulong deadline) => Timer.WriteCntvCval(deadline);
}
