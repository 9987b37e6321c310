using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>Every synchronous exit but HVC (Hypercall.cs), data aborts (DataAbort.cs) and system registers (SystemRegisterTrap.cs). True: the instruction is done and the guest goes on behind it.</summary>
internal static class ExitHandler
{
    [RuntimeExport("HandleExit")]
    private static bool Handle(ref Vcpu vcpu, EsrEl2 esr, ulong hpfar, ulong far)
    {
        switch (esr.Class)
        {
            case ExceptionClass.Smc64:
                Hypercall.HandleSmc(ref vcpu, esr);
                return true;
            case ExceptionClass.InstructionAbortLowerEl:
                // Nothing to emulate and nowhere to go on: a fetch outside RAM is beyond repair.
                GuestReport.Stop(ref vcpu, StopReason.InstructionFetchOutsideMemory, esr, FaultAddress(hpfar, far).Value, far);
                return false;
            default:
                // Whatever is trapped without being offered (SVE 0x19, SME 0x1d, ...) does not exist for the guest.
                GuestException.Undefined();
                return false;
        }
    }

    [RuntimeExport("HandleSystemError")]
    private static void HandleSystemError(ref Vcpu vcpu, EsrEl2 esr) =>
        GuestReport.Stop(ref vcpu, StopReason.SystemError, esr, 0, 0);

    // HPFAR_EL2.FIPA holds IPA[47:12] from bit 4 (DDI 0487 D24.2.62); the page offset is FAR_EL2's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestPhys FaultAddress(ulong hpfar, ulong far) => new((hpfar & ~0xful) << 8 | far & 0xfff);
}
