using System;

namespace Bulkhead.Memory;

/// <summary>How a CPU reaches the RAM of the guest it serves.</summary>
public interface IRamAccess
{
    /// <summary>Bytes of RAM, which this CPU's tables map.</summary>
    static abstract Span<byte> Open(HostPhys address, int bytes);

    /// <summary>Zeroes by the quickest means there is, seen by a guest that starts with its caches off.</summary>
    static abstract void Zero(Span<byte> bytes);

    /// <summary>What was written is seen by a guest that starts with its caches off.</summary>
    static abstract void Publish(HostPhys address, ulong bytes);

    /// <summary>
    /// Before bytes are read that a guest may have written past the caches, and after some were written for one that reads
    /// past them: what this CPU and memory have of them is the same, and no cache keeps it.
    /// </summary>
    static abstract void Flush(HostPhys address, ulong bytes);

    /// <summary>After the last Publish: instruction fetches see it too.</summary>
    static abstract void CompletePublish();
}
