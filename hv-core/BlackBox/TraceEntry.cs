using System.Runtime.InteropServices;

namespace Bulkhead.BlackBox;

/// <summary>
/// One entry of a trace ring, 32 bytes. One CPU writes a ring, the time last: an entry whose time is newer than those of
/// all others is whole, and what follows it in the ring is the oldest, or half overwritten.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TraceEntry
{
    public const int Size = 32;

    /// <summary>The clock's count: CNTPCT_EL0, or the TSC. 0: nothing was written here in this run.</summary>
    public ulong Time;
    /// <summary>An exit: what <see cref="ExitCode"/> says. An event: <see cref="TraceEvent"/> in bits 63:32, its value in 31:0.</summary>
    public ulong Code;
    /// <summary>An address, a register; by the code.</summary>
    public ulong Detail;
    /// <summary>Where the guest was. An exit with which an interrupt was delivered has its number, plus one, in bits 63:48.</summary>
    public ulong Pc;
}
