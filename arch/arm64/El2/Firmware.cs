namespace Bulkhead.Arm64.El2;

/// <summary>The board's firmware below us, by SMC: starts CPUs, and knows the CPU's speculation workarounds.</summary>
internal static class Firmware
{
    /// <summary>SMCCC_ARCH_FEATURES of a workaround, as the firmware answers; NOT_SUPPORTED for anything else.</summary>
    public static ulong WorkaroundFeature(uint function) =>
        function is Smccc.Workaround1 or Smccc.Workaround2 or Smccc.Workaround3
            ? (ulong)Instruction.SmcCall(Smccc.ArchFeatures, function, 0, 0)
            : Psci.NotSupported;

    public static ulong Workaround(uint function, ulong argument) =>
        (long)WorkaroundFeature(function) < 0 ? Psci.NotSupported : (ulong)Instruction.SmcCall(function, argument, 0, 0);

    /// <summary>PSCI SYSTEM_RESET of the board (DEN 0022 5.11). Does not return.</summary>
    public static void ResetBoard()
    {
        Instruction.SmcCall(Psci.SystemReset, 0, 0, 0);
        BoardStop.Stop();
    }

    /// <summary>PSCI CPU_ON. Zero, or PSCI's error.</summary>
    public static long CpuOn(ulong mpidr, ulong entry, ulong argument) =>
        Instruction.SmcCall(Psci.CpuOn64, mpidr, entry, argument);
}
