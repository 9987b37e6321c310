using System;

namespace Bulkhead.X86.Disk;

/// <summary>The status register (ATA/ATAPI-8 ACS, 7.15.6).</summary>
[Flags]
internal enum AtaStatus : byte
{
    Error = 1 << 0,
    DataRequest = 1 << 3,
    DeviceFault = 1 << 5,
    Ready = 1 << 6,
    Busy = 1 << 7,
    /// <summary>What reads from a channel with nobody on it.</summary>
    Floating = 0xff,
}
