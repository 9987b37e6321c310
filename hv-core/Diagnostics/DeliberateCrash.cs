using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Diagnostics;

/// <summary>A bug of the hypervisor's own on demand, so that its report, its record and its reset can be tested.</summary>
public static unsafe class DeliberateCrash
{
    private const ulong AnException = 1;

    /// <summary>Does not return.</summary>
    /// <param name="kind">1: an access to an address that is never mapped; anything else: a failed check.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(ulong kind)
    {
        if (kind == AnException)
            Volatile.Write(ref *(int*)8, 0);
        Span<byte> none = default;
        none[0] = 0;
    }
}
