using System;

namespace Bulkhead.Simulation;

/// <summary>Every choice of a run: xorshift64* (Vigna 2016), the same on every machine.</summary>
internal sealed class Dice
{
    private ulong _state;

    public Dice(ulong seed)
    {
        // SplitMix64's finish, so that neighbouring seeds have nothing in common.
        seed += 0x9e37_79b9_7f4a_7c15;
        seed = (seed ^ seed >> 30) * 0xbf58_476d_1ce4_e5b9;
        seed = (seed ^ seed >> 27) * 0x94d0_49bb_1331_11eb;
        _state = seed ^ seed >> 31;
        if (_state == 0)
            _state = 1;
    }

    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545_f491_4f6c_dd1d;
    }

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Next(int count) => (int)((Next() >> 32) * (ulong)count >> 32);

    /// <summary>From the first to the last, both included.</summary>
    public int Between(int first, int last) => first + Next(last - first + 1);

    /// <summary>True once in <paramref name="times"/>.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Next(choices.Length)];

    public void Fill(Span<byte> bytes)
    {
        int at = 0;
        for (; at + 8 <= bytes.Length; at += 8)
            BitConverter.TryWriteBytes(bytes[at..], Next());
        for (; at < bytes.Length; at++)
            bytes[at] = (byte)Next();
    }
}
