using System.Runtime.CompilerServices;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.Gic;

/// <summary>GICD_IPRIORITYR and GICR_IPRIORITYR: 32 priority levels, bits [7:3] (IHI 0069 4.8).</summary>
public static class Priorities
{
    private const uint Mask = 0xf8f8_f8f8;

    /// <summary>Writes one byte or an aligned word of them; returns the interrupts whose priority changed.</summary>
    public static uint Write(ref InterruptBank bank, uint offset, AccessSize size, uint value)
    {
        value &= Mask;
        int shift = (int)offset & 31;
        if (size == AccessSize.Byte)
        {
            if (((bank.Implemented >> shift) & 1) == 0)
                return 0;
            ref byte priority = ref bank.Priority.At(offset);
            if (priority == (byte)value)
                return 0;
            priority = (byte)value;
            return 1u << shift;
        }
        uint implemented = (bank.Implemented >> shift) & 15;
        if (size != AccessSize.Word || (offset & 3) != 0 || implemented == 0)
            return 0;
        // Banks end on a multiple of four interrupts: all of the word's exist or none.
        ref uint word = ref bank.Priority.WordAt(offset);
        uint differing = word ^ value;
        word = value;
        uint changed = 0;
        for (int i = 0; i < 4; i++)
        {
            if (((differing >> (8 * i)) & 0xff) != 0)
                changed |= 1u << (shift + i);
        }
        return changed;
    }
}
