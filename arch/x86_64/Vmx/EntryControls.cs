using System;

namespace Bulkhead.X86.Vmx;

/// <summary>SDM 3 table 24-15.</summary>
[Flags]
internal enum EntryControls : uint
{
    LoadDebugControls = 1u << 2,
    LongModeGuest = 1u << 9,
    LoadPat = 1u << 14,
    LoadEfer = 1u << 15,
}
