namespace Bulkhead.X86.Guest;

/// <summary>In what state a vCPU starts.</summary>
internal enum StartKind
{
    /// <summary>As the package's entry says.</summary>
    Package = 0,
    /// <summary>By a start-up IPI, in real mode.</summary>
    StartUp = 1,
}
