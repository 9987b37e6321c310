using System;
using System.Linq;
using Bulkhead.Partitions;
using Bulkhead.X86.Policy;
using Xunit;

namespace Bulkhead.Tests.Policy;

public class IoMapTests
{
    [Fact]
    public void Every_port_exits_but_those_of_assigned_devices()
    {
        Random random = new(6);
        for (int round = 0; round < 50; round++)
        {
            X86Platform platform = new() { PortRangeCount = (uint)random.Next(X86Platform.MaxPortRanges + 1) };
            bool[] exits = [.. Enumerable.Repeat(true, 0x1_0000)];
            for (int i = 0; i < (int)platform.PortRangeCount; i++)
            {
                uint count = (uint)random.Next(1, 300);
                // The last port is one that is easily forgotten.
                uint first = random.Next(4) == 0 ? 0x1_0000 - count : (uint)random.Next(0x1_0000 - (int)count);
                platform.Ports[i] = new() { First = first, Count = count };
                exits.AsSpan((int)first, (int)count).Clear();
            }
            byte[] map = new byte[3 * 4096];
            IoMap.Fill(map, in platform);
            for (int port = 0; port < 0x1_0000; port++)
                Assert.Equal(exits[port], (map[port / 8] >> port % 8 & 1) != 0);
            // AMD-V looks on for an access of several bytes at the last port.
            Assert.All(map[0x2000..], value => Assert.Equal(0xff, value));
        }
    }
}
