using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.X86.Chipset;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>Has the board's watchdog run when a hypervisor on trial is started, and at no other start.</summary>
internal static class TrialStart
{
    // A hypervisor feeds it as soon as it has an appliance table: after a second or two.
    private const uint Milliseconds = 15_000;

    /// <returns>False when the trial has no watchdog, so that only the loss of power ends one that hangs.</returns>
    public static bool TryWatch(WatchdogKind kind, bool isOnTrial)
    {
        if (kind != WatchdogKind.Ich9Tco || !TcoTimer<PortIo>.TryFind(out TcoTimer<PortIo> timer, out HostPhys generalControl))
            return !isOnTrial;
        // A reset leaves it as it was: one that ended a trial, too.
        if (!isOnTrial)
            timer.Stop();
        else if (TcoTimer<PortIo>.TryAllowReset<Mmio>(generalControl))
            timer.Start(Milliseconds);
        else
            return false;
        return true;
    }
}
