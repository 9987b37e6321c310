using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;

namespace Bulkhead.Simulation.Updates;

/// <summary>A guest's memory as one package leaves it.</summary>
internal sealed class GuestContent
{
    /// <summary>By board page; what is not here is zero.</summary>
    public readonly Dictionary<ulong, byte[]> Fresh = [];

    /// <summary>What a load fills with bytes that nobody knows.</summary>
    public readonly List<HostRange> Seeds = [];

    public ulong Entry;
    public GuestTemper Temper;

    /// <summary>Where its kernel lies on the board, and the kernel's first bytes: no other version's.</summary>
    public ulong KernelAt;
    public byte[] KernelStart = [];

    public bool IsIn(Board board) => board.RamAt(KernelAt, KernelStart.Length).SequenceEqual(KernelStart);
}
