namespace Bulkhead.X86.Memory;

/// <summary>Whose tables they are.</summary>
internal enum FourLevelKind : byte
{
    Host,
    /// <summary>AMD-V's nested tables.</summary>
    Nested,
    /// <summary>VT-x's extended tables.</summary>
    Extended,
}
