using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;

namespace Bulkhead.Diagnostics;

/// <summary>The hypervisor's own return addresses, the innermost first; the builder's tools say whose they are.</summary>
public unsafe struct Backtrace
{
    public const int Most = CrashRecord.MaxBacktrace;

    public int Count;
    private Addresses _address;

    [InlineArray(Most)]
    private struct Addresses
    {
        private ulong _first;
    }

    public readonly ulong this[int index] => _address[index];

    /// <summary>Not twice in a row: the link register often says what the innermost frame says too.</summary>
    public void Add(ulong address)
    {
        if (Count < Most && address != 0 && (Count == 0 || _address[Count - 1] != address))
            _address[Count++] = address;
    }

    /// <summary>
    /// Follows frame records (AAPCS64 6.4.6: the caller's frame, then the return address), each above the one before, while
    /// they are on the stack.
    /// </summary>
    /// <param name="frame">The innermost record, X29.</param>
    /// <param name="bottom">The stack's lowest address.</param>
    /// <param name="top">Behind its last byte.</param>
    public void AddFrames(ulong frame, ulong bottom, ulong top)
    {
        while (frame >= bottom && frame <= top - 16 && (frame & 7) == 0)
        {
            ulong next = *(ulong*)frame;
            Add(*(ulong*)(frame + 8));
            if (next <= frame)
                return;
            frame = next;
        }
    }

    /// <summary>Whatever on the stack points behind a call in the code: where the compiler keeps no frames. What a routine left there earlier may be among it.</summary>
    /// <param name="from">RSP.</param>
    /// <param name="top">Behind the stack's last byte.</param>
    /// <param name="code">The code's first byte.</param>
    /// <param name="codeEnd">Behind its last.</param>
    public void AddFromStack(ulong from, ulong top, ulong code, ulong codeEnd)
    {
        // This, which may stand there too, says nothing new.
        ulong own = (ulong)Unsafe.AsPointer(ref this);
        for (ulong slot = from + 7 & ~7ul; slot < top && Count < Most; slot += 8)
        {
            if (slot - own < (ulong)sizeof(Backtrace))
                continue;
            ulong value = *(ulong*)slot;
            if (value >= code + 8 && value < codeEnd && IsBehindCall((byte*)value))
                Add(value);
        }
    }

    public readonly void CopyTo(ref CrashRecord record)
    {
        for (int i = 0; i < Count; i++)
            record.AddReturn(this[i]);
    }

    // CALL rel32, or CALL r/m64 of two, three, six or seven bytes (SDM 2A).
    private static bool IsBehindCall(byte* next) =>
        next[-5] == 0xe8 || IsIndirect(next - 2) || IsIndirect(next - 3) || IsIndirect(next - 6) || IsIndirect(next - 7);

    private static bool IsIndirect(byte* code) => code[0] == 0xff && (code[1] >> 3 & 7) == 2;
}
