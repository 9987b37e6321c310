namespace Bulkhead.X86.Guest;

/// <summary>Which of the two extensions the board's CPUs have; found out at boot.</summary>
internal enum VirtualizationKind
{
    None = 0,
    Svm = 1,
    Vmx = 2,
}
