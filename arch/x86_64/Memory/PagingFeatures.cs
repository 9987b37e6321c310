using System;

namespace Bulkhead.X86.Memory;

/// <summary>What CPUID says of paging (APM 3 E.4.2, E.4.7; SDM 2 CPUID).</summary>
/// <param name="edx1">EDX of leaf 8000_0001h.</param>
/// <param name="eax8">EAX of leaf 8000_0008h.</param>
public readonly struct PagingFeatures(uint edx1, uint eax8)
{
    private const uint Page1Gb = 1u << 26;
    /// <summary>What an entry has room for.</summary>
    private const uint MostPhysicalBits = 52;

    /// <summary>MAXPHYADDR.</summary>
    public int PhysicalBits => (int)Math.Min(eax8 & 0xff, MostPhysicalBits);

    public bool HasGibibytePages => (edx1 & Page1Gb) != 0;
}
