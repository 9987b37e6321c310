using System;

namespace Bulkhead.X86.Vmx;

/// <summary>SDM 3 table 24-13.</summary>
[Flags]
internal enum ExitControls : uint
{
    SaveDebugControls = 1u << 2,
    HostLongMode = 1u << 9,
    AcknowledgeInterrupt = 1u << 15,
    SavePat = 1u << 18,
    LoadPat = 1u << 19,
    SaveEfer = 1u << 20,
    LoadEfer = 1u << 21,
    SavePreemptionTimer = 1u << 22,
}
