using Bulkhead.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>What hardware makes of an address: where it leads, and all that it allows.</summary>
internal readonly record struct HardwareAccess(ulong Output, MapAttributes Attributes)
{
    public bool IsMapped => Attributes != MapAttributes.None;
}
