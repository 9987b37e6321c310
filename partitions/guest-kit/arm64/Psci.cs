using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>PSCI by HVC (DEN 0022 5.1).</summary>
internal static unsafe class Psci
{
    public const uint Version = 0x8400_0000;
    public const uint CpuSuspend64 = 0xc400_0001;
    public const uint CpuOff = 0x8400_0002;
    public const uint CpuOn64 = 0xc400_0003;
    public const uint AffinityInfo64 = 0xc400_0004;
    public const uint MigrateInfoType = 0x8400_0006;
    public const uint SystemOff = 0x8400_0008;
    public const uint SystemReset = 0x8400_0009;
    public const uint Features = 0x8400_000a;

    public const ulong Success = 0;
    public const ulong NotSupported = ~0ul;
    public const ulong InvalidParameters = ~0ul - 1;
    public const ulong AlreadyOn = ~0ul - 3;
    public const ulong OnPending = ~0ul - 4;
    public const ulong InvalidAddress = ~0ul - 8;

    public static ulong Call(uint function, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0) => Hypervisor.Call(function, a1, a2, a3);

    /// <summary>Starts a vCPU in GuestSecondary(index).</summary>
    public static ulong StartCpu(int index) =>
        Call(CpuOn64, (ulong)index, AddressSpace.PhysicalOf(AddressOfSecondaryEntry()), (ulong)index);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfSecondaryEntry")]
    private static extern void* AddressOfSecondaryEntry();
}
