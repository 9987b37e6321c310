using System;

namespace Bulkhead.X86.Vmx;

/// <summary>SDM 3 table 24-7.</summary>
[Flags]
internal enum SecondaryControls : uint
{
    Ept = 1u << 1,
    Rdtscp = 1u << 3,
    Vpid = 1u << 5,
    WbinvdExiting = 1u << 6,
    UnrestrictedGuest = 1u << 7,
    Invpcid = 1u << 12,
}
