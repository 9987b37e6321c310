using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>What Frame.h saves before C# runs; what a handler changes here is restored.</summary>
internal struct ExceptionFrame
{
    public Scratch X;
    public ulong X29;
    public ulong X30;
    public ulong Elr;
    public ulong Spsr;

    /// <summary>X0 to X18.</summary>
    [InlineArray(19)]
    public struct Scratch
    {
        private ulong _x0;
    }
}
