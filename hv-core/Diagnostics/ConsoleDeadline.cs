using Bulkhead.Vcpus;

namespace Bulkhead.Diagnostics;

/// <summary>
/// Bytes that wait behind another source's open line have nothing to wake them; the CPU that wrote them has its timer
/// do it.
/// </summary>
public static class ConsoleDeadline<TArch> where TArch : struct, IArch
{
    public static void Arm(ref VcpuCore vcpu)
    {
        if (vcpu.ConsoleDeadline != 0)
            return;
        ulong now = TArch.Now();
        vcpu.ConsoleDeadline = now + BoardConsole<TArch>.Hold;
        TArch.UpdateTimer(ref vcpu, now);
    }

    /// <summary>The CPU's timer came: perhaps for this.</summary>
    public static void Check(ref VcpuCore vcpu, ulong now)
    {
        if (vcpu.ConsoleDeadline == 0 || (long)(now - vcpu.ConsoleDeadline) < 0)
            return;
        vcpu.ConsoleDeadline = 0;
        BoardConsole<TArch>.Service(ref vcpu);
        if (BoardConsole<TArch>.Console.IsHolding)
            vcpu.ConsoleDeadline = now + BoardConsole<TArch>.Hold;
    }
}
