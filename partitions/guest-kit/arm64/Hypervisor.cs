using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>By HVC and SMC as SMCCC has them (DEN 0028).</summary>
internal static unsafe partial class Hypervisor
{
    public const uint SmcccVersion = 0x8000_0000;
    public const uint SmcccArchFeatures = 0x8000_0001;
    public const uint CallUid = 0x8600_ff01;
    public const uint CallRevision = 0x8600_ff03;

    // 9b8a6a52-6f4e-4c1d-8f5a-42756c6b6864
    public const ulong Uid0 = 0x526a_8a9b, Uid1 = 0x1d4c_4e6f, Uid2 = 0x7542_5a8f, Uid3 = 0x6468_6b6c;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Hvc")]
    public static extern ulong Call(uint function, ulong a1, ulong a2, ulong a3);

    public static ulong Call(uint function, ulong a1, ulong a2) => Call(function, a1, a2, 0);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Smc")]
    public static extern ulong Smc(uint function, ulong a1, ulong a2, ulong a3);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "HvcAll")]
    public static extern void CallAll(HvcResults* results, uint function, ulong a1, ulong a2, ulong a3);

    /// <summary>Whether Bulkhead is below; on bare metal or under another hypervisor the UID differs.</summary>
    public static bool IsPresent
    {
        get
        {
            HvcResults results = default;
            FaultTrap.Arm();            // with nobody below, HVC may be UNDEFINED
            CallAll(&results, CallUid, 0, 0, 0);
            return FaultTrap.Disarm() == 0
                && (uint)results[0] == Uid0 && (uint)results[1] == Uid1 && (uint)results[2] == Uid2 && (uint)results[3] == Uid3;
        }
    }

    private static ulong PhysicalOf(void* address) => AddressSpace.PhysicalOf(address);
}
