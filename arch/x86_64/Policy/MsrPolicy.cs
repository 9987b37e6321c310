using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;

namespace Bulkhead.X86.Policy;

/// <summary>
/// Every MSR a guest may touch (Intel SDM vol 4; AMD PPR and BKDG). Those in <see cref="PassThrough"/>, and reads of the TSC, do not exit:
/// the maps are made of them (<see cref="MsrMap"/>). Those in <see cref="Find"/> exit and are handled. All others are refused.
/// </summary>
public static class MsrPolicy
{
    public const uint SystemTime = 0x4b56_4d01;
    public const uint WallClock = 0x4b56_4d00;
    public const uint Efer = 0xc000_0080;
    /// <summary>Read with the guest's offset by the CPU itself (SDM vol 3, 26.6.5; APM vol 2, 15.30.5); a write is refused.</summary>
    public const uint Tsc = 0x10;
    public const uint Microcode = 0x8b;
    public const uint ArchCapabilities = 0x10a;

    public const int PassThroughCount = 15;

    /// <summary>By number, those that the guest reads and writes itself.</summary>
    public static uint PassThrough(int number)
    {
        switch (number)
        {
            // SPEC_CTRL, PRED_CMD, FLUSH_CMD: of the CPU the vCPU is pinned to. Where it has none, the access itself is #GP.
            case 0: return 0x48;
            case 1: return 0x49;
            case 2: return 0x10b;
            // SYSENTER_CS, ESP, EIP; PAT: guest state of VMCS and VMCB.
            case 3: return 0x174;
            case 4: return 0x175;
            case 5: return 0x176;
            case 6: return 0x277;
            // STAR, LSTAR, CSTAR, SFMASK, FS and GS bases, the swapped GS base, TSC_AUX: the hypervisor uses none of them.
            case 7: return 0xc000_0081;
            case 8: return 0xc000_0082;
            case 9: return 0xc000_0083;
            case 10: return 0xc000_0084;
            case 11: return 0xc000_0100;
            case 12: return 0xc000_0101;
            case 13: return 0xc000_0102;
            default: return 0xc000_0103;
        }
    }

    /// <summary>What becomes of an access that exits, and the value of a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MsrHandling Find(uint msr, out ulong value)
    {
        value = 0;
        return msr - X2ApicMsr.First < X2ApicMsr.Count ? MsrHandling.X2Apic : FindOther(msr, out value);
    }

    /// <summary><see cref="Find"/> of one that is not the x2APIC's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static MsrHandling FindOther(uint msr, out ulong value)
    {
        value = 0;
        switch (msr)
        {
            case ApicBase.Msr:
                return MsrHandling.ApicBase;
            case X2ApicMsr.TscDeadline:
                return MsrHandling.TscDeadline;
            case Efer:
                return MsrHandling.Efer;
            case SystemTime:
                return MsrHandling.SystemTime;
            case WallClock:
                return MsrHandling.WallClock;

            // The microcode's revision, which kernels compare with what errata want; its loading is the board's.
            case Microcode:
            // Which attacks the CPU withstands.
            case ArchCapabilities:
                return MsrHandling.Board;

            // PLATFORM_ID and the microcode update triggers (Intel's, AMD's): not the guest's to load.
            case 0x17 or 0x79 or 0xc001_0020:
                return MsrHandling.Constant;
            // FEATURE_CONTROL: locked, with VMX and SGX off.
            case 0x3a:
                value = 1;
                return MsrHandling.Constant;
            // MISC_ENABLE: fast strings on; no BTS, no PEBS. A kernel clears other bits of it.
            case 0x1a0:
                value = 1 | 1 << 11 | 1 << 12;
                return MsrHandling.Constant;
            // KVM's POLL_CONTROL: whether the host may poll before it lets an idle vCPU sleep. This one never does.
            case 0x4b56_4d05:
                return MsrHandling.Constant;
            // DEBUGCTL: no branch records. Kernels clear it when they switch tasks.
            case 0x1d9:
            // MCG_CAP and MCG_STATUS: no banks, for those that look without asking CPUID.
            case 0x179 or 0x17a:
                return MsrHandling.Constant;

            // AMD, read without care by kernels that know the family:
            // SYSCFG, interrupt pending message (C1E), MMIO configuration base, northbridge and load-store and
            // instruction and data cache and bus unit configurations: nothing set, and nothing for a guest to set.
            case 0xc001_0010 or 0xc001_0055 or 0xc001_0058 or 0xc001_001f or 0xc001_1020 or 0xc001_1021 or 0xc001_1022 or 0xc001_102a:
                return MsrHandling.Constant;
            // HWCR: the TSC counts at P0's frequency.
            case 0xc001_0015:
                value = 1 << 24;
                return MsrHandling.Constant;
            // DE_CFG: LFENCE serialises; Svm/SvmCpu.cs has seen to it.
            case 0xc001_1029:
                value = 1 << 1;
                return MsrHandling.Constant;

            default:
                return MsrHandling.Refused;
        }
    }

    /// <summary>
    /// The board's value of a <see cref="MsrHandling.Board"/> register, as a guest may see it. Of ARCH_CAPABILITIES
    /// the immunities are kept; what announces a further MSR or another way to update is hidden.
    /// </summary>
    public static ulong GuestValue(uint msr, ulong board) => msr == ArchCapabilities ? board & Immunities : board;

    // RDCL_NO, IBRS_ALL, RSBA, SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO,
    // PSDP_NO, FB_CLEAR, BHI_NO, PBRSB_NO, GDS_NO, RFDS_NO (SDM vol 4, table 2-2).
    private const ulong Immunities = 0x3f | 1 << 6 | 1 << 8 | 1 << 13 | 1 << 14 | 1 << 15 | 1 << 17 | 1 << 20 | 1 << 24 | 1 << 26 | 1 << 27;
}
