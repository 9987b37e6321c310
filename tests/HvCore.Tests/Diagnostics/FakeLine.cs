using System.Collections.Generic;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;

namespace Bulkhead.Tests.Core;

/// <summary>The serial line of a test: what was sent, what room there is, what is to be received.</summary>
internal sealed class FakeLine
{
    public readonly List<byte> Sent = [];
    public readonly Queue<byte> ToReceive = [];
    public bool TransmitInterrupt;
    /// <summary>Bytes that fit before room is exhausted; refilled by the test.</summary>
    public uint Room = uint.MaxValue;
    public int Inside;
    public bool TwoAtOnce;
}

internal struct FakeUart : IUart
{
    public FakeLine Line;

    public readonly uint TransmitRoom() => System.Math.Min(Line.Room, 16);

    public readonly void Transmit(byte value)
    {
        if (Interlocked.Exchange(ref Line.Inside, 1) != 0)
            Line.TwoAtOnce = true;
        Xunit.Assert.True(Line.Room > 0);
        Line.Room--;
        Line.Sent.Add(value);
        Interlocked.Exchange(ref Line.Inside, 0);
    }

    public readonly bool TryReceive(out byte value) => Line.ToReceive.TryDequeue(out value);

    public readonly void SetTransmitInterrupt(bool enabled) => Line.TransmitInterrupt = enabled;
}

internal readonly struct FakeClock : IClock
{
    public static ulong Time;

    public static ulong Now() => Volatile.Read(ref Time);
}
