using System;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// The execution, entry and exit controls that this CPU gets: what the hypervisor needs, what it likes and the CPU has,
/// and what the CPU insists on. Found on the boot CPU.
/// </summary>
internal static class VmxControls
{
    private const uint MsrBasic = 0x480, MsrPin = 0x481, MsrProcessor = 0x482, MsrExit = 0x483, MsrEntry = 0x484, MsrSecondary = 0x48b;
    private const uint TrueOffset = 0x48d - MsrPin;
    private const ulong BasicHasTrue = 1ul << 55;

    // CR3 exits, HLT, INVLPG, PAUSE, RDTSC and MOV DR exits stay off: the guest's CPU is its own.
    private const PinControls NeededPin = PinControls.ExternalInterruptExiting | PinControls.NmiExiting;
    private const PinControls WantedPin = PinControls.VirtualNmis;
    private const ProcessorControls NeededProcessor =
        ProcessorControls.TscOffsetting | ProcessorControls.MwaitExiting | ProcessorControls.RdpmcExiting | ProcessorControls.TprShadow
        | ProcessorControls.UnconditionalIoExiting | ProcessorControls.MsrBitmaps | ProcessorControls.MonitorExiting | ProcessorControls.SecondaryControls;
    private const SecondaryControls NeededSecondary = SecondaryControls.Ept | SecondaryControls.Vpid | SecondaryControls.UnrestrictedGuest;
    // Without WBINVD exiting a guest empties its own caches and slows the board; it harms no data.
    private const SecondaryControls WantedSecondary = SecondaryControls.Rdtscp | SecondaryControls.WbinvdExiting | SecondaryControls.Invpcid;
    private const ExitControls NeededExit =
        ExitControls.SaveDebugControls | ExitControls.HostLongMode | ExitControls.AcknowledgeInterrupt | ExitControls.SavePat
        | ExitControls.LoadPat | ExitControls.SaveEfer | ExitControls.LoadEfer;
    private const EntryControls NeededEntry = EntryControls.LoadDebugControls | EntryControls.LoadPat | EntryControls.LoadEfer;

    private static uint _pin, _processor, _secondary, _exit, _entry, _revision;

    public static PinControls Pin => (PinControls)_pin;
    public static ProcessorControls Processor => (ProcessorControls)_processor;
    public static SecondaryControls Secondary => (SecondaryControls)_secondary;
    public static ExitControls Exit => (ExitControls)_exit;
    public static EntryControls Entry => (EntryControls)_entry;
    /// <summary>What the first word of a VMCS and of a VMXON region must be (SDM 3 A.1).</summary>
    public static uint Revision => _revision;
    /// <summary>The pin control of the preemption timer may be set.</summary>
    public static bool HasPreemptionTimer { get; private set; }

    /// <summary>What the CPU lacks of what is needed; empty when nothing.</summary>
    public static ReadOnlySpan<byte> Find()
    {
        ulong basic = Register.ReadMsr(MsrBasic);
        _revision = (uint)basic & 0x7fff_ffff;
        uint offset = (basic & BasicHasTrue) != 0 ? TrueOffset : 0;
        if (!Capability(MsrPin + offset).TryChoose((uint)NeededPin, (uint)WantedPin, out _pin))
            return "VT-x: exits on external interrupts and NMIs are missing"u8;
        if (!Capability(MsrProcessor + offset).TryChoose((uint)NeededProcessor, 0, out _processor))
            return "VT-x: a processor control is missing (TPR shadow, MSR bitmaps, TSC offset or secondary controls)"u8;
        if (!Capability(MsrSecondary).TryChoose((uint)NeededSecondary, (uint)WantedSecondary, out _secondary))
            return "VT-x: EPT, VPID or unrestricted guest is missing"u8;
        if (!Capability(MsrExit + offset).TryChoose((uint)NeededExit, 0, out _exit))
            return "VT-x: an exit control is missing (PAT, EFER or acknowledge interrupt)"u8;
        if (!Capability(MsrEntry + offset).TryChoose((uint)NeededEntry, 0, out _entry))
            return "VT-x: an entry control is missing (PAT or EFER)"u8;
        HasPreemptionTimer = Capability(MsrPin + offset).TryChoose((uint)PinControls.PreemptionTimer, 0, out _);
        return default;
    }

    private static ControlCapability Capability(uint msr) => new(Register.ReadMsr(msr));
}
