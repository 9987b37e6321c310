using System;

namespace Bulkhead.Guests.Pulse;

/// <summary>Proportional-integral control in 16.16 fixed point; the integral stops growing while the drive is at a limit.</summary>
internal struct PiController
{
    private const int ProportionalShift = 1;        // half the error
    private const int IntegralShift = 7;            // and 1/128 of its sum
    private const long MaxDrive = 1000L << 16;

    private long _integral;

    public long Step(long wanted, long measured)
    {
        long error = wanted - measured;
        long integral = _integral + error;
        long drive = (error >> ProportionalShift) + (integral >> IntegralShift);
        if (drive is >= 0 and <= MaxDrive)
            _integral = integral;
        return Math.Max(0, Math.Min(drive, MaxDrive));
    }
}
