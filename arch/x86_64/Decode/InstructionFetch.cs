using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>Copies the bytes at RIP out of the guest's RAM, each once.</summary>
public static class InstructionFetch<TGuest> where TGuest : struct, IGuestCpu
{
    private const int PageBytes = 4096;

    /// <summary>
    /// False when the first byte cannot be reached: the guest has changed its tables since the CPU fetched it. Where
    /// only the second page of an instruction is gone, <paramref name="bytes"/> end with the first.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryFetch(ref TGuest guest, ulong linear, ref InstructionBytes bytes)
    {
        bytes.Clear();
        int here = Math.Min(InstructionBytes.MaxLength, PageBytes - (int)(linear & (PageBytes - 1)));
        if (!TryAppend(ref guest, linear, here, ref bytes))
            return false;
        ulong next = linear + (ulong)(uint)here;
        if (here < InstructionBytes.MaxLength)
            TryAppend(ref guest, guest.Mode == CpuMode.Bits64 ? next : (uint)next, InstructionBytes.MaxLength - here, ref bytes);
        return true;
    }

    private static bool TryAppend(ref TGuest guest, ulong linear, int count, ref InstructionBytes bytes)
    {
        if (PageWalk<TGuest>.Translate(ref guest, linear, LinearAccess.Fetch, 0, out GuestPhys physical, out _) != WalkStatus.Ok)
            return false;
        Span<byte> page = guest.Ram(physical, count);
        for (int i = 0; i < page.Length; i++)
            bytes.Append(Volatile.Read(ref page[i]));
        return page.Length != 0;
    }
}
