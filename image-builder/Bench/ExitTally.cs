namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Hypervisor instructions by exit: every block between one entry into EL2 from the guest and the next.</summary>
/// <param name="cpu">Whose exits; null for every CPU's.</param>
public sealed class ExitTally(BoardSymbols symbols, int? cpu = null)
{
    // DDI 0487 D1.3.1.1: the four vectors for a lower exception level in AArch64 state, 0x80 bytes apart.
    private const ulong FromLowerLevel = 0x400, VectorsEnd = 0x600, VectorSize = 0x80;

    // What a routine's name says about the exit that runs it; the first that is met decides.
    private static readonly (string Part, string Reason)[] Reasons =
    [
        ("ConsoleWrite__Handle", "console write of a buffer"), ("VirtualPl011", "virtual UART"), ("__WriteUart", "virtual UART"), ("RedistributorRegisters", "virtual GIC redistributor"),
        ("DistributorRegisters", "virtual GIC distributor"), ("SoftwareGeneratedInterrupt", "software-generated interrupt"),
        ("__OnVirtualTimer", "virtual timer"), ("BoardConsole__OnInterrupt", "board's UART"),
    ];

    private static readonly (string Part, string Reason)[] Entries =
    [
        ("DataAbort__Handle", "other data abort"), ("InterruptHandler__Handle", "timer and other interrupts"), ("Hypercall__Handle", "hypercall"),
        ("SystemRegisterTrap__Handle", "trapped register"), ("ExitHandler__Handle", "other exception"),
    ];

    private readonly ulong _vectors = symbols.AddressOf("vectors");
    private readonly Dictionary<int, (long Instructions, string? Entry, string? Reason)> _open = [];
    private readonly Dictionary<string, ExitCount> _reasons = [];
    private readonly Dictionary<string, long> _routines = [];
    private readonly Dictionary<ulong, string> _names = [];

    public long Instructions { get; private set; }

    /// <summary>By reason, the costliest first.</summary>
    public IEnumerable<KeyValuePair<string, ExitCount>> Exits => _reasons.OrderByDescending(reason => reason.Value.Instructions);

    public IEnumerable<KeyValuePair<string, long>> Routines => _routines.OrderByDescending(routine => routine.Value);

    public void Add(ExecutedBlock block)
    {
        if (cpu is not null && block.Cpu != cpu)
            return;
        Instructions += block.Instructions;
        if (!_names.TryGetValue(block.Address, out string? name))
            _names[block.Address] = name = symbols.At(block.Address);
        _routines[name] = _routines.GetValueOrDefault(name) + block.Instructions;
        ulong vector = block.Address - _vectors;
        if (vector is >= FromLowerLevel and < VectorsEnd && vector % VectorSize == 0)
        {
            Close(block.Cpu);
            _open[block.Cpu] = (block.Instructions, null, null);
            return;
        }
        if (!_open.TryGetValue(block.Cpu, out var exit))
            return;
        exit.Instructions += block.Instructions;
        exit.Entry ??= Find(Entries, name);
        exit.Reason ??= Find(Reasons, name);
        _open[block.Cpu] = exit;
    }

    public void Finish()
    {
        foreach (int open in _open.Keys.ToArray())
            Close(open);
    }

    private void Close(int number)
    {
        if (!_open.Remove(number, out var exit))
            return;
        string reason = exit.Reason ?? exit.Entry ?? "none";
        _reasons[reason] = _reasons.GetValueOrDefault(reason).With(exit.Instructions);
    }

    private static string? Find((string Part, string Reason)[] table, string name) =>
        Array.Find(table, row => name.Contains(row.Part, StringComparison.Ordinal)).Reason;
}
