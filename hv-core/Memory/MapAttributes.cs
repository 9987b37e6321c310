using System;

namespace Bulkhead.Memory;

/// <summary>What a mapping allows and how memory behaves behind it; normal write-back memory unless it says otherwise.</summary>
[Flags]
public enum MapAttributes : uint
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
    /// <summary>Device registers: no gathering, no reordering. Never executable.</summary>
    Device = 8,
    /// <summary>Normal memory that no cache holds.</summary>
    NonCacheable = 16,
}
