using System;
using Bulkhead.Boot;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>A guest's private RAM as the CPU that loads it sees it.</summary>
public interface IGuestMemory : IPause
{
    /// <summary>The bytes at a guest address; shorter than asked for, or empty, if they cannot be reached.</summary>
    Span<byte> Open(GuestPhys address, int bytes);

    /// <summary>Zeroes by the quickest means the architecture has.</summary>
    void Zero(Span<byte> bytes);

    /// <summary>A free-running count, whatever it counts: the loader reports how much of it each phase took.</summary>
    ulong Now();
}
