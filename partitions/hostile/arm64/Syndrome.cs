namespace Bulkhead.Guests.Hostile;

/// <summary>What an exception at EL1 may be (ESR_EL1, DDI 0487 D24.2.37).</summary>
internal static class Syndrome
{
    /// <summary>UNDEFINED, and nothing besides: EC 0, IL, ISS 0.</summary>
    public const ulong Undefined = 1 << 25;
    public const ulong Breakpoint = 0x3c;

    private const uint SystemRegister = 0x18;
    private const uint DataAbort = 0x25;
    private const uint External = 0x10, Alignment = 0x21, ExclusiveOrAtomic = 0x35;

    public static uint Class(ulong esr) => (uint)(esr >> 26) & 0x3f;

    public static bool IsOfRegister(ulong esr) => Class(esr) == SystemRegister;

    public static bool IsDataAbort(ulong esr) => Class(esr) == DataAbort;

    /// <summary>DFSC: the access went out and nobody answered it.</summary>
    public static bool IsExternal(ulong esr) => IsDataAbort(esr) && ((uint)esr & 0x3f) == External;

    /// <summary>
    /// DFSC of an abort that the guest's own translation may answer with: address size, translation, access flag,
    /// permission, alignment; or the external one, on the access or on the walk.
    /// </summary>
    public static bool IsOrdinaryAbort(ulong esr)
    {
        uint status = (uint)esr & 0x3f;
        return IsDataAbort(esr) && (status < External || status is External or >= 0x14 and <= 0x17 or Alignment or ExclusiveOrAtomic);
    }
}
