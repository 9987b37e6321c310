using System.Threading;
using Bulkhead.Devices;

namespace Bulkhead.Tests.Core;

/// <summary>The interrupt controller's side of a device's line: its level, how often it changed, and whether two changed it at once.</summary>
internal struct LineController
{
    public bool Asserted;
    public int Changes;
    public int Rises;
    public bool TwoAtOnce;
    private int _inside;

    public readonly struct Line : IInterruptLine<LineController>
    {
        public static void Set(ref LineController context, bool asserted)
        {
            if (Interlocked.Exchange(ref context._inside, 1) != 0)
                context.TwoAtOnce = true;
            context.Changes++;
            if (asserted)
                context.Rises++;
            Volatile.Write(ref context.Asserted, asserted);
            Interlocked.Exchange(ref context._inside, 0);
        }
    }
}
