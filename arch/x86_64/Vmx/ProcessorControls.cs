using System;

namespace Bulkhead.X86.Vmx;

/// <summary>SDM 3 table 24-6.</summary>
[Flags]
internal enum ProcessorControls : uint
{
    InterruptWindowExiting = 1u << 2,
    TscOffsetting = 1u << 3,
    MwaitExiting = 1u << 10,
    RdpmcExiting = 1u << 11,
    TprShadow = 1u << 21,
    NmiWindowExiting = 1u << 22,
    IoBitmaps = 1u << 25,
    MsrBitmaps = 1u << 28,
    MonitorExiting = 1u << 29,
    SecondaryControls = 1u << 31,
}
