using System;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>The controls of this board's CPUs, found on the boot CPU.</summary>
internal static class VmxControls
{
    private const uint MsrBasic = 0x480, MsrPin = 0x481, MsrProcessor = 0x482, MsrExit = 0x483, MsrEntry = 0x484, MsrMisc = 0x485, MsrSecondary = 0x48b;
    private const uint TrueOffset = 0x48d - MsrPin;
    private const ulong BasicHasTrue = 1ul << 55;
    private const ulong SecondaryPresent = 1ul << 63;

    private static ControlSet _set;

    public static PinControls Pin => _set.Pin;
    public static ProcessorControls Processor => _set.Processor;
    public static SecondaryControls Secondary => _set.Secondary;
    public static ExitControls Exit => _set.Exit;
    /// <summary>While the preemption timer is on.</summary>
    public static ExitControls ExitWithTimer => _set.ExitWithTimer;
    public static EntryControls Entry => _set.Entry;
    /// <summary>What the first word of a VMCS and of a VMXON region must be (SDM 3 A.1).</summary>
    public static uint Revision { get; private set; }
    public static bool HasPreemptionTimer => _set.HasPreemptionTimer;
    /// <summary>Ten milliseconds of the preemption timer, which counts when the TSC bit changes that bits 4:0 of IA32_VMX_MISC name (SDM 3 A.6).</summary>
    public static ulong PreemptionPeriod { get; private set; }

    /// <summary>On each CPU, the TSC measured.</summary>
    public static void UseFrequency() => PreemptionPeriod = (TscClock.Hertz / 100 >> (int)(Register.ReadMsr(MsrMisc) & 31)) + 1;

    /// <summary>What the CPU lacks of what is needed; empty when nothing.</summary>
    public static ReadOnlySpan<byte> Find()
    {
        VmxCapabilities cpu = default;
        ulong basic = Register.ReadMsr(MsrBasic);
        uint offset = (basic & BasicHasTrue) != 0 ? TrueOffset : 0;
        ulong processor = Register.ReadMsr(MsrProcessor + offset);
        cpu.Pin = new(Register.ReadMsr(MsrPin + offset));
        cpu.Processor = new(processor);
        // The MSR is there only where the controls are (SDM 3 A.3.3).
        cpu.Secondary = new((processor & SecondaryPresent) != 0 ? Register.ReadMsr(MsrSecondary) : 0);
        cpu.Exit = new(Register.ReadMsr(MsrExit + offset));
        cpu.Entry = new(Register.ReadMsr(MsrEntry + offset));
        Revision = (uint)basic & 0x7fff_ffff;
        return ControlSet.Choose(cpu, out _set);
    }
}
