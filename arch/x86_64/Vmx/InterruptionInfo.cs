namespace Bulkhead.X86.Vmx;

/// <summary>VM-entry interruption-information and IDT-vectoring information (SDM 3 tables 24-16 and 24-19).</summary>
internal readonly struct InterruptionInfo(uint value)
{
    private const uint Valid = 1u << 31, HasErrorCodeBit = 1u << 11;
    private const uint TypeExternal = 0, TypeNmi = 2u << 8, TypeException = 3u << 8, TypeMask = 7u << 8;
    // Bit 12 of IDT-vectoring information is undefined, and reserved at an entry.
    private const uint Deliverable = Valid | HasErrorCodeBit | TypeMask | 0xff;

    public uint Value { get; } = value;

    public static InterruptionInfo External(uint vector) => new(Valid | TypeExternal | vector);
    public static InterruptionInfo Nmi => new(Valid | TypeNmi | 2);
    public static InterruptionInfo Exception(uint vector) => new(Valid | TypeException | vector);
    public static InterruptionInfo ExceptionWithCode(uint vector) => new(Valid | TypeException | HasErrorCodeBit | vector);

    public bool IsValid => (Value & Valid) != 0;
    public bool HasErrorCode => (Value & HasErrorCodeBit) != 0;
    public bool IsNmi => (Value & TypeMask) == TypeNmi;
    public uint Vector => Value & 0xff;

    /// <summary>INT n, INT1, INT3, INTO: delivered again with the length of their instruction.</summary>
    public bool IsSoftware => (Value & TypeMask) >> 8 is >= 4 and <= 6;

    /// <summary>The same event, for an entry.</summary>
    public InterruptionInfo ToDeliver => new(Value & Deliverable);
}
