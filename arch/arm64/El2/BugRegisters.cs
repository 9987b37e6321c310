using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's registers at its own exception, as Boot/Vectors.S saves them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BugRegisters
{
    /// <summary>What the way to the report itself needs is not known.</summary>
    public const uint Lost = 1u << 9 | 1u << 10 | 1u << 11 | 1u << 16 | 1u << 17;

    public GeneralRegisters X;
    public ulong Sp;

    [InlineArray(31)]
    public struct GeneralRegisters
    {
        private ulong _first;
    }
}
