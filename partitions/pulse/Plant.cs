namespace Bulkhead.Guests.Pulse;

/// <summary>What is controlled: a first-order lag (a heater, a motor's speed) in 16.16 fixed point, one step a period.</summary>
internal struct Plant
{
    // Time constant 64 periods, gain 2: output += (2 * drive - output) / 64
    private const int TimeConstantShift = 6;

    public long Output;

    public void Step(long drive) => Output += (2 * drive - Output) >> TimeConstantShift;
}
