using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// What a vCPU keeps for the emulator, all zero at first. Guests reach their devices from few places, so the
/// instructions of the last few are remembered; each use makes sure that they are still there.
/// </summary>
public struct Emulation
{
    private const int Count = 8;

    /// <summary>Counts with <see cref="EmulationStatus.PageFault"/>.</summary>
    public PageFault Fault;

    private Instructions _instructions;

    [InlineArray(Count)]
    private struct Instructions
    {
        private FetchedInstruction _first;
    }

    /// <summary>The instruction that was fetched last at a RIP of this hash; for the report of what is not supported.</summary>
    [UnscopedRef]
    public ref readonly InstructionBytes BytesAt(ulong rip) => ref At(rip).Bytes;

    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref FetchedInstruction At(ulong rip) =>
        ref Unsafe.Add(ref Unsafe.As<Instructions, FetchedInstruction>(ref _instructions), (int)((uint)rip * 0x9e37_79b1 >> 29));
}
