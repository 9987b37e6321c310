using Bulkhead.BlackBox;

namespace Bulkhead.Arm64.El2;

/// <summary>Takes an exception to EL1 in the guest's stead, as the hardware would (DDI 0487 D1.3.5).</summary>
internal static class GuestException
{
    // SPSR_EL2.M[3:0] and the mask bits.
    private const ulong ModeMask = 0xf, ModeEl0 = 0, ModeEl1t = 4, AArch32 = 1 << 4;
    private const ulong El1hMasked = 0x3c5;
    private const ulong Pan = 1ul << 22;
    private const ulong ExternalAbort = 0x10;

    /// <summary>UNDEFINED: EC 0 (D24.2.40, "unknown reason").</summary>
    public static void Undefined() => Take(EsrEl2.Il, 0);

    /// <summary>The trap's own syndrome, EC 0x18: at EL1 FEAT_IDST has the same.</summary>
    public static void AsTrapped(EsrEl2 esr) => Take(esr.Value & uint.MaxValue, 0);

    /// <summary>A synchronous external abort for a data access at <paramref name="far"/>.</summary>
    public static void DataAbort(ulong far)
    {
        ulong spsr = SystemRegister.ReadSpsr();
        ExceptionClass ec = (spsr & ModeMask) == ModeEl0 ? ExceptionClass.DataAbortLowerEl : ExceptionClass.DataAbortSameEl;
        Take((ulong)ec << 26 | EsrEl2.Il | ExternalAbort, far);
    }

    private static void Take(ulong esr, ulong far)
    {
        ulong spsr = SystemRegister.ReadSpsr();
        Recorder.Note(CurrentCpu.Index, TraceEvent.Exception, (uint)esr, far, SystemRegister.ReadElr());
        SystemRegister.WriteEsrEl1(esr);
        if (far != 0)
            SystemRegister.WriteFarEl1(far);
        SystemRegister.WriteElrEl1(SystemRegister.ReadElr());
        SystemRegister.WriteSpsrEl1(spsr);
        ulong offset = (spsr & AArch32) != 0 ? 0x600ul
            : (spsr & ModeMask) == ModeEl0 ? 0x400ul
            : (spsr & ModeMask) == ModeEl1t ? 0ul : 0x200ul;
        SystemRegister.WriteElr(SystemRegister.ReadVbarEl1() + offset);
        SystemRegister.WriteSpsr(El1hMasked | (spsr & Pan));
    }
}
