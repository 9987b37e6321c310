namespace Bulkhead.Simulation.Hardware;

/// <summary>An input of a PC's I/O APIC, and what its CPU's local APIC holds of it (82093AA 3.2.4).</summary>
internal sealed class PcInput
{
    private bool _masked = true, _line;

    /// <summary>Edge-triggered.</summary>
    public bool Edge;

    /// <summary>Board CPU.</summary>
    public int Route;

    /// <summary>It waits at the CPU, masked since or not.</summary>
    public bool Waits;

    /// <summary>An edge that comes meanwhile is lost.</summary>
    public bool Masked
    {
        get => _masked;
        set
        {
            _masked = value;
            Waits |= !value && !Edge && _line;
        }
    }

    /// <summary>As the device drives it.</summary>
    public bool Line
    {
        get => _line;
        set
        {
            Waits |= value && !_masked && (!Edge || !_line);
            _line = value;
        }
    }

    /// <summary>The CPU has taken it and ended it: a level that still asks, unmasked, comes again.</summary>
    public void Ends() => Waits = !Edge && _line && !_masked;
}
