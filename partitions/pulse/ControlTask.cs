namespace Bulkhead.Guests.Pulse;

/// <summary>
/// The control task, 1 kHz unless boot argument `rate=HZ` says otherwise. Releases are absolute: release k is start + k * period, whenever the one before ran, so lateness does
/// not add up. Its deadline is the next release.
/// </summary>
internal struct ControlTask
{
    public const uint UsualRate = 1000;
    private const uint StepPeriods = 2000;          // between the set point's jumps

    private Plant _plant;
    private PiController _controller;
    private ulong _release;
    private ulong _period;
    private ulong _perMicrosecond;

    /// <summary>Releases in a second.</summary>
    public ulong Rate;
    public ulong Periods;
    public ulong Misses;
    public ulong MaxLatency;
    public Histogram Latency;

    public readonly ulong NextRelease => _release;

    public readonly ulong Output => (ulong)_plant.Output >> 16;

    public void Start(ulong now, ulong frequency, ulong rate)
    {
        Rate = rate;
        _period = frequency / rate;
        _perMicrosecond = System.Math.Max(frequency / 1_000_000, 1ul);
        _release = now + _period;
    }

    public void Run(ulong now)
    {
        ulong latency = (now - _release) / _perMicrosecond;
        Latency.Add(latency);
        MaxLatency = System.Math.Max(MaxLatency, latency);

        long wanted = (Periods / StepPeriods & 1) == 0 ? 500L << 16 : 250L << 16;
        _plant.Step(_controller.Step(wanted, _plant.Output));
        Periods++;
        _release += _period;
    }

    /// <summary>Counts the deadlines gone by; their releases are skipped, since stale control output helps nobody.</summary>
    public void Finish(ulong now)
    {
        while (now >= _release)
        {
            Misses++;
            if (now - _release < _period)
                return;             // that release has only just come: it runs, late, at once
            Periods++;
            _release += _period;
        }
    }
}
