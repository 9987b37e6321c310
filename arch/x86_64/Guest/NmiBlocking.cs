namespace Bulkhead.X86.Guest;

/// <summary>An NMI's handler is not interrupted by another until its IRET (SDM 3 6.7.1); where AMD-V leaves that to software.</summary>
internal enum NmiBlocking : uint
{
    None,
    /// <summary>Until an IRET, which exits.</summary>
    UntilReturn,
    /// <summary>Until that IRET is over: it runs with RFLAGS.TF set, which its #DB shows.</summary>
    Returning,
    /// <summary>The same, and the guest had TF set itself.</summary>
    ReturningStepped,
}
