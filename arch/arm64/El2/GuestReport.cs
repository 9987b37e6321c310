using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The report of a guest that was stopped: what the CPU knew at the exit.</summary>
internal static class GuestReport
{
    /// <summary>Stops the guest with the report of the exit that led here. Does not return.</summary>
    public static void Stop(ref Vcpu vcpu, StopReason reason, EsrEl2 esr, ulong ipa, ulong far)
    {
        GuestStop.Begin(ref vcpu.Core, reason);
        Write(ref vcpu, esr, ipa, far);
        GuestRecord.Write(ref vcpu, reason, esr, ipa, far);
        GuestStop.End(ref vcpu.Core);
    }

    /// <summary>The same where an interrupt led here: there is no syndrome, and fewer registers were saved.</summary>
    public static void StopAtInterrupt(ref Vcpu vcpu, StopReason reason)
    {
        GuestStop.Begin(ref vcpu.Core, reason);
        HypervisorLog.Line("  vcpu"u8, (ulong)vcpu.Core.Index, "cpu"u8, (ulong)vcpu.Core.Cpu);
        HypervisorLog.Line("  ELR_EL2"u8, SystemRegister.ReadElr(), "SPSR_EL2"u8, SystemRegister.ReadSpsr());
        HypervisorLog.Line("  X0"u8, vcpu.Context.X[0], "X30"u8, vcpu.Context.X[30]);
        GuestRecord.WriteInterrupted(ref vcpu, reason);
        GuestStop.End(ref vcpu.Core);
    }

    private static void Write(ref Vcpu vcpu, EsrEl2 esr, ulong ipa, ulong far)
    {
        HypervisorLog.Line("  vcpu"u8, (ulong)vcpu.Core.Index, "cpu"u8, (ulong)vcpu.Core.Cpu);
        HypervisorLog.Line("  ESR_EL2"u8, esr.Value, "ELR_EL2"u8, SystemRegister.ReadElr());
        HypervisorLog.Line("  FAR_EL2"u8, far, "IPA"u8, ipa);
        HypervisorLog.Line("  SPSR_EL2"u8, SystemRegister.ReadSpsr(), "VBAR_EL1"u8, SystemRegister.ReadVbarEl1());
        HypervisorLog.Line("  X0"u8, vcpu.Context.X[0], "X1"u8, vcpu.Context.X[1]);
        HypervisorLog.Line("  X29"u8, vcpu.Context.X[29], "X30"u8, vcpu.Context.X[30]);
    }
}
