using System.Collections.Generic;
using System.Text;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>Reads the wire as docs/abi.md describes it, and insists on every rule.</summary>
internal static class WireDecoder
{
    public static Dictionary<string, List<byte>> Decode(IReadOnlyList<byte> wire, out int cuts)
    {
        Dictionary<string, List<byte>> bytes = [];
        string? source = null;
        bool tagNeeded = true;
        cuts = 0;
        int at = 0;
        while (at < wire.Count)
        {
            byte value = wire[at];
            if (value == 0x1f)
            {
                Assert.False(tagNeeded, "a line was cut where none is open");
                Assert.Equal(0x0d, wire[at + 1]);
                Assert.Equal(0x0a, wire[at + 2]);
                Assert.Equal(0x1e, wire[at + 3]);
                cuts++;
                tagNeeded = true;
                at += 3;
            }
            else if (value == 0x1e)
            {
                Assert.True(tagNeeded, "a tag in the middle of a line");
                StringBuilder name = new();
                for (at++; wire[at] != '|'; at++)
                    name.Append((char)wire[at]);
                Assert.Equal((byte)' ', wire[at + 1]);
                at += 2;
                source = name.ToString();
                tagNeeded = false;
                bytes.TryAdd(source, []);
            }
            else
            {
                Assert.False(tagNeeded, "a line without a tag");
                bytes[source!].Add(value);
                tagNeeded = value == 0x0a;
                at++;
            }
        }
        return bytes;
    }
}
