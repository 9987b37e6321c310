using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.X86.Apic;

/// <summary>
/// What others ask of a vCPU. They OR a vector's bit in, then its word's number into Requests, and kick if that was
/// zero; the owner takes Requests by exchanging it for zero, then the words it names. A bit set before the exchange of
/// its word is taken with it; for one set after it Requests is set, and the owner kicked, again.
/// </summary>
public struct ApicInbox
{
    /// <summary>Requests: the words of Vectors and Level, one bit each.</summary>
    public const uint Words = 0xff;

    /// <summary>Requests: some of them are level-triggered, see Level.</summary>
    public const uint AnyLevel = 1 << 8;

    public const uint Nmi = 1 << 9;

    /// <summary>Requests: to the state after INIT, waiting for SIPI.</summary>
    public const uint Init = 1 << 10;

    /// <summary>Requests: a SIPI, behind the INIT if there is one; its vector is in the uppermost byte.</summary>
    public const uint StartUp = 1 << 11;

    private const int StartUpVector = 24;

    /// <summary>The one word to look at: nonzero when there is anything.</summary>
    public uint Requests;

    // A vector is in the one or the other, whole: with a word that only says how, somebody between the two writes would be seen with half.
    internal VectorWords Vectors;
    internal VectorWords Level;

    /// <summary>256 vectors, a bit each.</summary>
    [InlineArray(8)]
    internal struct VectorWords
    {
        private uint _first;

        [UnscopedRef]
        public ref uint At(uint word) => ref Unsafe.Add(ref _first, (nuint)(word & 7));
    }

    /// <summary>The page that a SIPI starts at, as its address in the guest (SDM vol 3, 9.4.4.1).</summary>
    public static ulong StartAddress(uint requests) => (ulong)(requests >> StartUpVector) << 12;

    /// <summary>From any CPU: true if the owner must be kicked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Post(uint vector) => Request(Leave(vector));

    /// <summary>The first half of <see cref="Post"/>: the request that the second half is to add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Leave(uint vector)
    {
        uint word = vector >> 5;
        Interlocked.Or(ref Vectors.At(word), 1u << (int)vector);
        return 1u << (int)word;
    }

    /// <summary>As <see cref="Post"/>, level-triggered: the vector's TMR bit is to be set.</summary>
    public bool PostLevel(uint vector)
    {
        uint word = vector >> 5;
        Interlocked.Or(ref Level.At(word), 1u << (int)vector);
        return Request(1u << (int)word | AnyLevel);
    }

    public bool PostNmi() => Request(Nmi);

    private bool Request(uint bits) => TryBeFirst(bits) || Add(bits);

    /// <summary>Adds a request to an empty inbox, as it mostly is; otherwise does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryBeFirst(uint bits) => Interlocked.CompareExchange(ref Requests, bits, 0) == 0;

    /// <summary>Adds a request; true if the owner must be kicked.</summary>
    internal bool Add(uint bits) => Interlocked.Or(ref Requests, bits) == 0;

    /// <summary>An INIT overtakes nothing and lets nothing before it count: a SIPI not yet taken is forgotten.</summary>
    public bool PostInit()
    {
        uint seen = Volatile.Read(ref Requests);
        while (true)
        {
            uint wanted = seen & (Words | AnyLevel) | Init;
            uint before = Interlocked.CompareExchange(ref Requests, wanted, seen);
            if (before == seen)
                return before == 0;
            seen = before;
        }
    }

    /// <summary>Of two SIPIs that were not yet taken the first counts: it would have started the CPU, which then ignores the other.</summary>
    public bool PostStartUp(uint vector)
    {
        uint seen = Volatile.Read(ref Requests);
        while ((seen & StartUp) == 0)
        {
            uint before = Interlocked.CompareExchange(ref Requests, seen | StartUp | vector << StartUpVector, seen);
            if (before == seen)
                return before == 0;
            seen = before;
        }
        return false;
    }

    /// <summary>By the owner, at the vCPU's reset: nothing that was sent before counts after.</summary>
    internal void Clear()
    {
        Interlocked.And(ref Requests, ~(Words | AnyLevel | Nmi));
        for (uint word = 0; word < 8; word++)
        {
            Interlocked.Exchange(ref Vectors.At(word), 0);
            Interlocked.Exchange(ref Level.At(word), 0);
        }
    }
}
