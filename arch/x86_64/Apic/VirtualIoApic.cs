using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Apic;

/// <summary>
/// A guest's I/O APIC (Intel 82093AA, with the EOI register of its successors): state only. Every vCPU of the guest may
/// be here at once, and the CPUs on which its devices' lines move, so whoever writes
/// anything but Select and Id holds Lock.
/// </summary>
public struct VirtualIoApic
{
    /// <summary>At most.</summary>
    public const uint Pins = 24;

    /// <summary>How many the guest sees: a kernel writes each of them again and again.</summary>
    public uint PinCount;

    /// <summary>IOAPICVER: 0x20 has the EOI register; the number of the last pin (82093AA 3.2.2).</summary>
    public readonly uint Version => PinCount - 1 << 16 | 0x20;

    public SpinLock Lock;

    /// <summary>IOREGSEL.</summary>
    public uint Select;

    /// <summary>IOAPICID; it has no effect (82093AA 3.2.1).</summary>
    public uint Id;

    /// <summary>Lines that are asserted, as their devices drive them. What active means, bit 13 of an entry, is theirs to say.</summary>
    public uint Lines;

    /// <summary>Level-triggered interrupts that were delivered and not ended: bit 14 of their entries.</summary>
    public uint RemoteIrr;

    /// <summary>Pins that stand for a board's GSI.</summary>
    public uint Physical;

    public PinWords Low;
    public PinWords High;
    public PinWords PhysicalGsi;

    [InlineArray((int)Pins)]
    public struct PinWords
    {
        private uint _first;

        /// <summary>By pin, below <see cref="Pins"/>.</summary>
        [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref uint At(uint pin) => ref Unsafe.Add(ref _first, (nuint)(pin < Pins ? pin : 0));
    }

    /// <summary>The reset state: every entry masked (82093AA 3.2.4). The lines are the devices'.</summary>
    public void Reset()
    {
        Select = 0;
        Id = 0;
        RemoteIrr = 0;
        for (uint pin = 0; pin < Pins; pin++)
        {
            Low.At(pin) = IoApicEntry.Masked;
            High.At(pin) = 0;
        }
    }

    /// <summary>Something is wired to a pin: the guest sees it, and those below. Before its start.</summary>
    public void Show(uint pin)
    {
        if (pin >= PinCount && pin < Pins)
            PinCount = pin + 1;
    }

    /// <summary>Gives the guest a board's GSI. Before its start.</summary>
    public void Assign(uint pin, uint gsi)
    {
        Show(pin);
        Physical |= 1u << (int)pin;
        PhysicalGsi.At(pin) = gsi;
    }
}
