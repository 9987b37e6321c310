using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// What a vCPU keeps for the emulator, all zero at first. Guests reach their devices from few places, so the
/// instructions of the last few are remembered; each use makes sure that they are still there.
/// </summary>
public struct Emulation
{
    private const int Ways = 2, Sets = 8;

    /// <summary>Counts with <see cref="EmulationStatus.PageFault"/>.</summary>
    public PageFault Fault;

    private Instructions _instructions;

    // Which way of a set a new instruction takes next, one bit each.
    private uint _next;

    [InlineArray(Ways * Sets)]
    private struct Instructions
    {
        private FetchedInstruction _first;
    }

    /// <summary>The bytes that were fetched last at a RIP; for the report of what is not supported.</summary>
    [UnscopedRef]
    public ref readonly InstructionBytes BytesAt(ulong rip) => ref At(rip).Bytes;

    /// <summary>What was fetched at this RIP, or the place for it.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref FetchedInstruction At(ulong rip)
    {
        uint set = (uint)rip * 0x9e37_79b1 >> 29;
        ref FetchedInstruction first = ref Unsafe.Add(ref Unsafe.As<Instructions, FetchedInstruction>(ref _instructions), (int)set * Ways);
        return ref first.Rip == rip ? ref first : ref Other(ref first, set, rip);
    }

    [UnscopedRef]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref FetchedInstruction Other(ref FetchedInstruction first, uint set, ulong rip)
    {
        ref FetchedInstruction second = ref Unsafe.Add(ref first, 1);
        if (second.Rip == rip)
            return ref second;
        _next ^= 1u << (int)set;
        ref FetchedInstruction victim = ref (_next >> (int)set & 1) != 0 ? ref first : ref second;
        victim.Forget(rip);
        return ref victim;
    }
}
