namespace Bulkhead.Guests.Probe;

/// <summary>More pending than any CPU has list registers: twenty of all kinds, each once, in order of priority.</summary>
internal static class Overflow
{
    private const int Interrupts20 = 20;
    private const byte HighestPriority = 0x10, PriorityStep = 8;    // five priority bits are enough

    public static void Run()
    {
        EventLog.Clear();
        for (int i = 0; i < Interrupts20; i++)
        {
            uint intid = Intid(i);
            if (intid >= 16)
                Gic.SetEdge(intid);
            if (intid >= 32)
                Gic.Route(intid, 0);
            Gic.SetPriority(intid, (byte)(HighestPriority + PriorityStep * Rank(i)));
            Gic.Enable(intid);
        }
        for (int i = 0; i < Interrupts20; i++)
            Gic.SetPending(Intid(i));
        Check.That("twenty pending"u8, AllPending());
        Interrupts.WaitFor(Interrupts20);
        Interrupts.Settle();
        Check.Equal("twenty taken once"u8, Interrupts20, (uint)EventLog.Entries);
        Check.That("twenty in order of priority"u8, InOrder());
        Check.That("none left pending or active"u8, NoneLeft());
    }

    // SGIs 1-8, PPIs 16-21, SPIs 50-55
    private static uint Intid(int i) => (uint)(i < 8 ? 1 + i : i < 14 ? 16 + i - 8 : 50 + i - 14);

    // 7 and 20 have no common factor: every rank once, in another order than the INTIDs'.
    private static int Rank(int i) => i * 7 % Interrupts20;

    private static bool AllPending()
    {
        for (int i = 0; i < Interrupts20; i++)
        {
            if (!Gic.IsPending(Intid(i)))
                return false;
        }
        return true;
    }

    private static bool InOrder()
    {
        for (int i = 0; i < Interrupts20; i++)
        {
            if (EventLog.Entry(Rank(i)) != Intid(i))
                return false;
        }
        return true;
    }

    private static bool NoneLeft()
    {
        for (int i = 0; i < Interrupts20; i++)
        {
            if (Gic.IsPending(Intid(i)) || Gic.IsActive(Intid(i)))
                return false;
        }
        return true;
    }
}
