namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Hypervisor instructions by exit: every block between one entry into the hypervisor from the guest and the next.</summary>
/// <param name="symbols">The hypervisor's.</param>
/// <param name="kinds">Its architecture's.</param>
/// <param name="cpu">Whose exits; null for every CPU's.</param>
public sealed class ExitTally(Routines symbols, ExitKinds kinds, int? cpu = null)
{
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
            _names[block.Address] = name = symbols.At(block.Address)?.Name ?? "";
        _routines[name] = _routines.GetValueOrDefault(name) + block.Instructions;
        if (kinds.Begin(block) is { } kind)
        {
            Close(block.Cpu);
            _open[block.Cpu] = (block.Instructions, kind.Length == 0 ? null : kind, null);
            return;
        }
        if (!_open.TryGetValue(block.Cpu, out var exit))
            return;
        exit.Instructions += block.Instructions;
        exit.Entry ??= kinds.Entry(name);
        exit.Reason ??= kinds.Reason(name);
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
}
