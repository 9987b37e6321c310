using System;

namespace Bulkhead.X86.Decode;

/// <summary>An access through the guest's page tables; the bits are those of a page fault's error code (SDM vol. 3 4.7).</summary>
[Flags]
public enum LinearAccess : uint
{
    Read = 0,
    Present = 1 << 0,
    Write = 1 << 1,
    User = 1 << 2,
    Reserved = 1 << 3,
    Fetch = 1 << 4,
}
