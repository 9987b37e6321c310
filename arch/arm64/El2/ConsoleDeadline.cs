namespace Bulkhead.Arm64.El2;

/// <summary>
/// Bytes that wait behind another source's open line have nothing to wake them; the CPU that wrote them sets EL2's
/// timer, which it shares with the guest's emulated physical timer.
/// </summary>
internal static class ConsoleDeadline
{
    public static void Arm(ref Vcpu vcpu)
    {
        if (vcpu.ConsoleDeadline != 0)
            return;
        ulong now = SystemRegister.ReadCntpct();
        vcpu.ConsoleDeadline = now + BoardConsole.Hold;
        vcpu.Timer.Arm(now, vcpu.ConsoleDeadline);
    }

    /// <summary>EL2's timer came: perhaps for this.</summary>
    public static void Check(ref Vcpu vcpu, ulong now)
    {
        if (vcpu.ConsoleDeadline == 0 || (long)(now - vcpu.ConsoleDeadline) < 0)
            return;
        vcpu.ConsoleDeadline = 0;
        BoardConsole.Service(ref vcpu);
        if (BoardConsole.Console.IsHolding)
            vcpu.ConsoleDeadline = now + BoardConsole.Hold;
    }
}
