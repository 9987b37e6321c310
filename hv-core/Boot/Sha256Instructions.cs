#if ARM64 || X64
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>SHA-256's compression with the CPU's instructions (hv-core/Build/Sha256.*.S).</summary>
public static class Sha256Instructions
{
#if ARM64
    /// <summary>ID_AA64ISAR0_EL1.SHA2 (DDI 0487 D19.2.61) is not zero.</summary>
    public static bool ArePresent => (ReadIdAa64Isar0() & 0xf000) != 0;
#else
    /// <summary>CPUID's SHA (SDM 2A CPUID, leaf 7).</summary>
    public static bool ArePresent => HasSha256Instructions() != 0;
#endif

    /// <param name="blocks">At least one.</param>
    public static void Compress(ref uint state, ref byte data, nuint blocks) =>
        Sha256Blocks(ref state, ref data, blocks, ref MemoryMarshal.GetReference(Sha256Rounds.Constants));

#if ARM64
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadIdAa64Isar0")]
    private static extern ulong ReadIdAa64Isar0();
#else
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "HasSha256Instructions")]
    private static extern uint HasSha256Instructions();
#endif

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Sha256Blocks")]
    private static extern void Sha256Blocks(ref uint state, ref byte data, nuint blocks, ref byte constants);
}
#endif
