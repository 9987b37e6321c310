using Bulkhead.Memory;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>The board's I/O APIC (82093AA 3.0), whose inputs are the GSIs from 0. Its page is mapped on every CPU that routes.</summary>
internal static class IoApic
{
    private const ulong Select = 0x00, Window = 0x10;
    private const uint Version = 0x01, FirstEntry = 0x10;
    // Redirection entry, lower half; fixed delivery to a physical id in the upper half's last byte.
    private const uint ActiveLow = 1 << 13;

    private static ulong _page;
    private static uint _inputs;
    private static SpinLock _lock;

    public static uint Inputs => _inputs;

    /// <summary>Masks every input.</summary>
    public static void Initialize(HostPhys page)
    {
        _page = page.Value;
        _inputs = (Read(Version) >> 16 & 0xff) + 1;
        for (uint input = 0; input < _inputs; input++)
            Write(FirstEntry + 2 * input, IoApicEntry.Masked);
    }

    /// <summary>Has an input interrupt one CPU with FirstGsi's vector of it.</summary>
    /// <param name="isMasked">Stays masked until SetMask says otherwise.</param>
    public static void Route(uint input, AcpiOverride signal, uint apicId, bool isMasked)
    {
        SpinLock.Guard held = _lock.Enter();
        Write(FirstEntry + 2 * input, IoApicEntry.Masked);
        Write(FirstEntry + 2 * input + 1, apicId << 24);
        Write(FirstEntry + 2 * input, HostVector.FirstGsi + input | (signal.IsActiveLow ? ActiveLow : 0)
            | (signal.IsLevel ? IoApicEntry.Level : 0) | (isMasked ? IoApicEntry.Masked : 0));
        _lock.Exit(held);
    }

    public static void SetMask(uint input, bool isMasked)
    {
        SpinLock.Guard held = _lock.Enter();
        uint entry = Read(FirstEntry + 2 * input);
        Write(FirstEntry + 2 * input, isMasked ? entry | IoApicEntry.Masked : entry & ~IoApicEntry.Masked);
        _lock.Exit(held);
    }

    private static uint Read(uint register)
    {
        Mmio.Write32(new HostPhys(_page + Select), register);
        return Mmio.Read32(new HostPhys(_page + Window));
    }

    private static void Write(uint register, uint value)
    {
        Mmio.Write32(new HostPhys(_page + Select), register);
        Mmio.Write32(new HostPhys(_page + Window), value);
    }
}
