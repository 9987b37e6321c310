using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>Copies the bytes at RIP out of the guest's RAM, each once.</summary>
public static class InstructionFetch<TGuest> where TGuest : struct, IGuestCpu
{
    private const int PageBytes = 4096;
    private const int Window = 16;

    /// <summary>
    /// False when the first byte cannot be reached: the guest has changed its tables since the CPU fetched it. Where
    /// only the second page of an instruction is gone, <paramref name="bytes"/> end with the first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFetch(ref TGuest guest, ulong linear, out InstructionBytes bytes)
    {
        Unsafe.SkipInit(out bytes);
        if ((linear & (PageBytes - 1)) > PageBytes - Window)
            return TryFetchAcross(ref guest, linear, ref bytes);
        if (PageWalk<TGuest>.Code(ref guest, linear, out GuestPhys physical) != WalkStatus.Ok)
            return false;
        Span<byte> page = guest.Ram(physical, Window);
        if (page.Length < Window)
            return false;
        ref ulong low = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(page));
        bytes.Set(Volatile.Read(ref low), Volatile.Read(ref Unsafe.Add(ref low, 1)));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryFetchAcross(ref TGuest guest, ulong linear, ref InstructionBytes bytes)
    {
        bytes.Clear();
        ulong second = linear + (ulong)PageBytes & ~(ulong)(PageBytes - 1);
        if (!TryAppend(ref guest, linear, (int)(second - linear), ref bytes))
            return false;
        if (guest.Mode != CpuMode.Bits64)
            second = (uint)second;
        TryAppend(ref guest, second, InstructionBytes.MaxLength - (int)bytes.Length, ref bytes);
        return true;
    }

    private static bool TryAppend(ref TGuest guest, ulong linear, int count, ref InstructionBytes bytes)
    {
        if (PageWalk<TGuest>.Code(ref guest, linear, out GuestPhys physical) != WalkStatus.Ok)
            return false;
        Span<byte> page = guest.Ram(physical, count);
        for (int i = 0; i < page.Length; i++)
            bytes.Append(Volatile.Read(ref page[i]));
        return page.Length != 0;
    }
}
