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
    /// <summary>
    /// Where the guest was. Of an exit, bits 63:48 are the number, plus one, of the last interrupt that was presented to the
    /// guest before it went on (arm64's virtual timer is the exit itself); where there was none, copies of bit 47.
    /// </summary>
    public ulong Pc;

    private const int NumberOffset = 30;

    /// <summary>An exit's <see cref="Pc"/> as an address.</summary>
    public readonly ulong ExitPc => (ulong)((long)(Pc << 16) >> 16);

    /// <summary>The interrupt that an exit's <see cref="Pc"/> names; -1 for none.</summary>
    public readonly int Presented => (ushort)(Pc >> 48) is 0 or ushort.MaxValue ? -1 : (int)(Pc >> 48) - 1;

    /// <summary>Into the entry at an address: what is presented to the guest.</summary>
    public static unsafe void Present(ulong entry, uint number) => *(ushort*)(entry + NumberOffset) = (ushort)(number + 1);
}
