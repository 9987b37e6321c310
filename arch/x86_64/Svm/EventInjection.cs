namespace Bulkhead.X86.Svm;

/// <summary>EVENTINJ and EXITINTINFO (APM 2 15.20): an event that VMRUN delivers, or that an exit interrupted.</summary>
internal readonly struct EventInjection(ulong value)
{
    private const ulong Valid = 1ul << 31;
    private const ulong HasErrorCode = 1ul << 11;
    private const byte Breakpoint = 3, OverflowTrap = 4;
    private const ulong TypeNmi = 2ul << 8, TypeException = 3ul << 8, TypeSoftware = 4ul << 8, TypeMask = 7ul << 8;

    public ulong Value { get; } = value;

    /// <summary>Type 0.</summary>
    public static EventInjection External(uint vector) => new(Valid | vector);
    public static EventInjection Nmi => new(Valid | TypeNmi | 2);
    public static EventInjection Exception(uint vector) => new(Valid | TypeException | vector);
    public static EventInjection Exception(uint vector, uint errorCode) =>
        new(Valid | TypeException | HasErrorCode | vector | (ulong)errorCode << 32);

    public bool IsValid => (Value & Valid) != 0;

    /// <summary>
    /// Of INT n, INT3 or INTO: the instruction, at which RIP still is, is executed again rather than the event delivered
    /// again (APM 2 15.20). What an exit interrupted says the latter two as exceptions.
    /// </summary>
    public bool IsSoftware =>
        (Value & TypeMask) == TypeSoftware || (Value & TypeMask) == TypeException && (byte)Value is Breakpoint or OverflowTrap;
}
