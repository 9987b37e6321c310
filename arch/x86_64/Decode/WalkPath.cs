using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>
/// The four entries of a 4-level walk and what they said. A walk from the same CR3 to the same address that finds them
/// unchanged would end at the same place, so it need not be made: four comparisons instead. A guest's RAM never moves,
/// and so the entries are kept as pointers.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WalkPath
{
    private const ulong Present = 1 << 0, PageSize = 1 << 7;
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;

    // In this order: the walk steps from one to the next.
    private Step _first, _second, _third, _fourth;

    private struct Step
    {
        public ulong* Entry;
        public ulong Value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsUnchanged() => Volatile.Read(ref *Entry) == Value;
    }

    /// <summary>Each entry is read once. Only after a <see cref="TryFollow"/> that was true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsUnchanged() =>
        _first.IsUnchanged() && _second.IsUnchanged() && _third.IsUnchanged() && _fourth.IsUnchanged();

    /// <summary>For an instruction that the CPU has just fetched: rights are not asked again, no bit is set.</summary>
    public bool TryFollow<TGuest>(ref TGuest guest, ulong cr3, ulong linear, out GuestPhys physical)
        where TGuest : struct, IGuestCpu
    {
        physical = default;
        ref Step step = ref _first;
        ulong table = cr3;
        for (int shift = 39; ; shift -= 9)
        {
            Span<byte> bytes = guest.Ram(new((table & AddressMask) + (linear >> shift & 511) * 8), sizeof(ulong));
            if (bytes.Length < sizeof(ulong))
                return false;
            step.Entry = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
            ulong entry = step.Value = Volatile.Read(ref *step.Entry);
            if ((entry & Present) == 0)
                return false;
            if (shift == 12 || (entry & PageSize) != 0)
            {
                if (shift > 30)
                    return false;
                ulong inside = (1ul << shift) - 1;
                physical = new(entry & AddressMask & ~inside | linear & inside);
                // A large page's entry also takes the places of those that it saves.
                for (Step last = step; shift > 12; shift -= 9)
                {
                    step = ref Unsafe.Add(ref step, 1);
                    step = last;
                }
                return true;
            }
            table = entry;
            step = ref Unsafe.Add(ref step, 1);
        }
    }
}
