namespace Bulkhead.Guests.Hostile;

/// <summary>An exception that an operation took, or none.</summary>
internal readonly struct Fault(ulong vector, ulong error)
{
    private const ulong InvalidOpcode = 6, GeneralProtection = 13, PageFault = 14;

    private readonly ulong _vector = vector;
    private readonly ulong _error = error;

    public bool IsNone => _vector == 0;

    public bool IsUndefined => _vector == InvalidOpcode;

    public bool IsProtection => _vector == GeneralProtection && _error == 0;

    public bool IsPage => _vector == PageFault;

    public bool Is(ulong vector) => _vector == vector;

    /// <summary>Vector and error code.</summary>
    public ulong Value => _vector << 32 | _error;
}
