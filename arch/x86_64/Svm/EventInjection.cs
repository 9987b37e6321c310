namespace Bulkhead.X86.Svm;

/// <summary>EVENTINJ and EXITINTINFO (APM 2 15.20): an event that VMRUN delivers, or that an exit interrupted.</summary>
internal readonly struct EventInjection(ulong value)
{
    private const ulong Valid = 1ul << 31;
    private const ulong HasErrorCode = 1ul << 11;
    private const ulong TypeNmi = 2ul << 8, TypeException = 3ul << 8, TypeSoftware = 4ul << 8, TypeMask = 7ul << 8;

    public ulong Value { get; } = value;

    public static EventInjection Nmi => new(Valid | TypeNmi | 2);
    public static EventInjection Exception(uint vector) => new(Valid | TypeException | vector);
    public static EventInjection Exception(uint vector, uint errorCode) =>
        new(Valid | TypeException | HasErrorCode | vector | (ulong)errorCode << 32);

    public bool IsValid => (Value & Valid) != 0;

    /// <summary>INT n: it is executed again rather than delivered again (APM 2 15.20).</summary>
    public bool IsSoftware => (Value & TypeMask) == TypeSoftware;
}
