using System;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>
/// Fills a seed property of the guest's device tree. The board has no random source yet: what varies is the counter,
/// stirred by SplitMix64 (Steele, Lea, Flood 2014); a guest must not take it for entropy of a hardware source.
/// </summary>
public static class GuestSeed<TArch> where TArch : struct, IArch
{
    public static void Fill(int guest, GuestPhys where, uint bytes)
    {
        if (where.Value == 0)
            return;
        GuestMemory<TArch> memory = new(guest);
        Span<byte> seed = memory.Open(where, (int)bytes);
        ulong state = TArch.Now() ^ (ulong)(uint)guest << 56;
        for (int i = 0; i < seed.Length; i++)
        {
            if ((i & 7) == 0)
                state += 0x9e37_79b9_7f4a_7c15 ^ TArch.Now();
            ulong z = state;
            z = (z ^ z >> 30) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ z >> 27) * 0x94d0_49bb_1331_11eb;
            z ^= z >> 31;
            seed[i] = (byte)(z >> (i & 7) * 8);
        }
    }
}
