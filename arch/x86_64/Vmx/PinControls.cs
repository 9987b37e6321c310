using System;

namespace Bulkhead.X86.Vmx;

/// <summary>SDM 3 table 24-5.</summary>
[Flags]
internal enum PinControls : uint
{
    ExternalInterruptExiting = 1u << 0,
    NmiExiting = 1u << 3,
    VirtualNmis = 1u << 5,
    PreemptionTimer = 1u << 6,
}
