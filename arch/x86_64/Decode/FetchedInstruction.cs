using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>
/// The instruction at a RIP and everything that was read to get it. When a later exit from the same RIP finds all of
/// that unchanged (CR3, the entries of the walk, the bytes), fetching and decoding would say the same again.
/// </summary>
internal unsafe struct FetchedInstruction
{
    private const int PageBytes = 4096, Window = 16;
    private const ulong Cr4La57 = 1 << 12;

    // Decoded in 64-bit mode under 4-level tables from bytes that lie on one page. Null for any other.
    private ulong* _code;
    public ulong Rip;
    private ulong _cr3;
    private WalkPath _path;
    public InstructionBytes Bytes;
    public MemoryInstruction Instruction;

    /// <summary>True when <see cref="Instruction"/> is what the guest has at <see cref="Rip"/> now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsCurrent<TGuest>(ref TGuest guest) where TGuest : struct, IGuestCpu =>
        _code != null && _cr3 == guest.Cr3 && IsCacheable(ref guest) && _path.IsUnchanged()
        && Volatile.Read(ref _code[0]) == Bytes.Low && Volatile.Read(ref _code[1]) == Bytes.High;

    public void Forget(ulong rip)
    {
        Rip = rip;
        _code = null;
    }

    /// <summary>Done when the instruction has been fetched and is one that is emulated.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public EmulationStatus Fetch<TGuest>(ref TGuest guest, ulong rip) where TGuest : struct, IGuestCpu
    {
        Forget(rip);
        CpuMode mode = guest.Mode;
        if (!TryFetchForReuse(ref guest, rip))
        {
            ulong linear = mode == CpuMode.Bits64 ? rip : (uint)(guest.SegmentBase(Segment.Cs) + rip);
            if (!InstructionFetch<TGuest>.TryFetch(ref guest, linear, ref Bytes))
                return EmulationStatus.Retry;
        }
        DecodeStatus status = Decoder.Decode(Bytes, mode, out Instruction);
        if (status == DecodeStatus.Ok)
            return EmulationStatus.Done;
        _code = null;
        return status == DecodeStatus.Truncated ? EmulationStatus.Retry : EmulationStatus.NotSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCacheable<TGuest>(ref TGuest guest) where TGuest : struct, IGuestCpu =>
        guest.Mode == CpuMode.Bits64 && (guest.Cr4 & Cr4La57) == 0;

    private bool TryFetchForReuse<TGuest>(ref TGuest guest, ulong rip) where TGuest : struct, IGuestCpu
    {
        if (!IsCacheable(ref guest) || (rip & (PageBytes - 1)) > PageBytes - Window)
            return false;
        _cr3 = guest.Cr3;
        if (!_path.TryFollow(ref guest, _cr3, rip, out GuestPhys physical))
            return false;
        Span<byte> bytes = guest.Ram(physical, Window);
        if (bytes.Length < Window)
            return false;
        _code = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        Bytes.Set(Volatile.Read(ref _code[0]), Volatile.Read(ref _code[1]));
        return true;
    }
}
