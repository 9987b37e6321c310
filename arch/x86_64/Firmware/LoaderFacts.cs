using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Firmware;

/// <summary>What the loader says of the board: multiboot2's and PVH's common part.</summary>
public struct LoaderFacts
{
    public const int MaxMemory = 64;

    /// <summary>Address range type 1 (ACPI 6.5, 15.1): RAM for whoever takes over.</summary>
    internal const uint UsableRam = 1;

    public int MemoryCount;
    /// <summary>Usable RAM, in the loader's order. What does not fit here is not counted.</summary>
    public MemoryRanges Memory;
    /// <summary>ACPI's root pointer, or a copy of it; 0 if the loader knows none.</summary>
    public HostPhys Rsdp;

    internal void AddMemory(ulong start, ulong bytes, uint type)
    {
        if (type != UsableRam || bytes == 0 || bytes > 0 - start && start != 0 || MemoryCount == MaxMemory)
            return;
        Memory[MemoryCount].Base = new HostPhys(start);
        Memory[MemoryCount++].Size = bytes;
    }

    [InlineArray(MaxMemory)]
    public struct MemoryRanges
    {
        private HostRange _first;
    }
}
