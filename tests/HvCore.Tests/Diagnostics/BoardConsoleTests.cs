using System.Linq;
using Bulkhead.Diagnostics;
using Bulkhead.Tests.Core;
using Bulkhead.Vcpus;
using Xunit;

namespace Bulkhead.Tests.Diagnostics;

/// <summary>The board's console between guests, interrupt and timer.</summary>
[Collection(CoreBoard.Tests)]
public sealed class BoardConsoleTests
{
    [Fact]
    public void BytesBehindAnOpenLineGetTheTimerWhenTheInterruptLeavesThem()
    {
        CoreBoard board = new();
        board.UseSample(new byte[4096]);
        ref ConsoleMultiplexer<Devices.BoardUart<FakeArch>, FakeArch> console = ref BoardConsole<FakeArch>.Console;
        console.Write(0, "login"u8);
        board.Line.Room = 0;
        console.Write(0, ": and more, for which the wire has no room"u8);
        // The wire is full, its interrupt is asked for: this one counts on it.
        console.Write(1, "behind it"u8);
        Assert.False(console.IsHolding);

        board.Line.Room = 16;
        BoardConsole<FakeArch>.OnInterrupt(ref board.Vcpus[2]);
        Assert.True(console.IsHolding);
        Assert.Contains(board.Calls, call => call.StartsWith("timer ", System.StringComparison.Ordinal));

        board.Time = board.Vcpus[2].ConsoleDeadline;
        Deadlines<FakeArch>.Check(ref board.Vcpus[2], board.Time);
        Assert.Equal("behind it"u8.ToArray(), WireDecoder.Decode(board.Line.Sent, out _)["app"].ToArray());
    }
}
