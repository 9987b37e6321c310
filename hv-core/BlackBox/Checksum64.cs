using System;

namespace Bulkhead.BlackBox;

/// <summary>
/// FNV-1a over 64-bit words, the last step mixed down: it finds torn and decayed RAM, in two instructions a word, and
/// protects from nobody's intention.
/// </summary>
public static class Checksum64
{
    private const ulong Offset = 0xcbf2_9ce4_8422_2325, Prime = 0x100_0000_01b3;

    public static ulong Of(ReadOnlySpan<ulong> words)
    {
        ulong sum = Offset;
        for (int i = 0; i < words.Length; i++)
        {
            // A multiplication alone never carries a high bit down.
            sum = (sum ^ words[i]) * Prime;
            sum ^= sum >> 32;
        }
        return sum;
    }
}
