using System.Runtime.InteropServices;

namespace Bulkhead.BlackBox;

/// <summary>One entry that a table walk read.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WalkStep
{
    /// <summary>Where it lies, physical.</summary>
    public ulong Slot;
    public ulong Entry;
}
