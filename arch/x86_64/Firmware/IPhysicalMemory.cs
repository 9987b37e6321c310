using System;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>What firmware and loader left in memory, read by physical address before the hypervisor has maps of its own.</summary>
public interface IPhysicalMemory
{
    /// <summary>Bytes where they lie.</summary>
    /// <returns>False when they cannot all be reached: what points there is damaged.</returns>
    bool TryRead(HostPhys address, uint bytes, out ReadOnlySpan<byte> found);
}
