using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Arm64.El2;

/// <summary>The registers that Boot/Vectors.S saves at SP_EL2: X0-X30, then Q16 and Q17 at byte 0x100.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VcpuContext
{
    public GeneralRegisters X;
    // Slot 31: takes what is written to XZR and is never read.
    private ulong _zero;
    private ulong _q16Low, _q16High, _q17Low, _q17High;

    [InlineArray(31)]
    public struct GeneralRegisters
    {
        private ulong _first;
    }

    /// <summary>Register 31 reads as zero and takes no write (XZR).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Read(uint register) => register == 31 ? 0 : Unsafe.Add(ref Unsafe.AsRef(in X[0]), (int)register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint register, ulong value) => Unsafe.Add(ref X[0], (int)register) = value;
}
