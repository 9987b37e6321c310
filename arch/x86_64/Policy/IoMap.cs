using System;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Policy;

/// <summary>
/// Which ports exit: a bit each, for AMD-V's permission map (APM 2 15.10.1) and VT-x' bitmaps A and B one behind the
/// other (SDM 3 24.6.4) alike. An access exits when one of its ports does.
/// </summary>
public static class IoMap
{
    /// <summary>The third is AMD-V's, for accesses that wrap.</summary>
    public const ulong Pages = 3;

    /// <summary>Every port but those of assigned devices.</summary>
    public static void Fill(Span<byte> map, in X86Platform platform)
    {
        map.Fill(0xff);
        for (int i = 0; i < (int)platform.PortRangeCount; i++)
        {
            PortRange range = platform.Ports[i];
            for (uint port = range.First; port < range.First + range.Count; port++)
                map[(int)(port / 8)] &= (byte)~(1 << (int)(port % 8));
        }
    }
}
