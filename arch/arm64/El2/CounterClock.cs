using Bulkhead.Diagnostics;

namespace Bulkhead.Arm64.El2;

/// <summary>The system counter, CNTPCT_EL0.</summary>
internal readonly struct CounterClock : IClock
{
    public static ulong Now() => SystemRegister.ReadCntpct();
}
