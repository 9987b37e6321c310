namespace Bulkhead.Guests.Hostile;

/// <summary>SplitMix64: the seed is the whole state, so a run is its seed.</summary>
internal struct Random(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ z >> 30) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ z >> 27) * 0x94d0_49bb_1331_11eb;
        return z ^ z >> 31;
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public uint Below(uint limit) => (uint)((Next() >> 32) * limit >> 32);

    public bool OneIn(uint n) => Below(n) == 0;

    /// <summary>What finds edges: small numbers, powers of two and their neighbours, all ones, or anything.</summary>
    public ulong Edgy()
    {
        ulong any = Next();
        return (any & 7) switch
        {
            0 => any >> 58,
            1 => 1ul << (int)(any >> 8 & 63),
            2 => (1ul << (int)(any >> 8 & 63)) - 1,
            3 => ~0ul - (any >> 60),
            4 => any >> 32,
            5 => (any >> 8 & 0xf) << (int)(any >> 16 & 63),
            _ => Next(),
        };
    }
}
