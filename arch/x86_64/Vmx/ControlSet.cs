using System;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// The execution, entry and exit controls that a CPU gets: what the hypervisor needs, what it likes and the CPU has, and
/// what the CPU insists on.
/// </summary>
internal struct ControlSet
{
    public PinControls Pin;
    public ProcessorControls Processor;
    public SecondaryControls Secondary;
    public ExitControls Exit;
    public EntryControls Entry;

    /// <summary>The pin control of the preemption timer may be set.</summary>
    public bool HasPreemptionTimer;

    /// <summary>The exit controls while the preemption timer is on, with which alone they may say that it is kept (SDM 3 26.2.1.2).</summary>
    public ExitControls ExitWithTimer;

    // CR3 exits, HLT, INVLPG, PAUSE, RDTSC and MOV DR exits stay off: the guest's CPU is its own.
    private const PinControls NeededPin = PinControls.ExternalInterruptExiting | PinControls.NmiExiting;
    private const PinControls WantedPin = PinControls.VirtualNmis;
    private const ProcessorControls NeededProcessor =
        ProcessorControls.TscOffsetting | ProcessorControls.MwaitExiting | ProcessorControls.RdpmcExiting | ProcessorControls.TprShadow
        | ProcessorControls.IoBitmaps | ProcessorControls.MsrBitmaps | ProcessorControls.MonitorExiting | ProcessorControls.SecondaryControls;
    private const SecondaryControls NeededSecondary = SecondaryControls.Ept | SecondaryControls.Vpid | SecondaryControls.UnrestrictedGuest;
    // Without WBINVD exiting a guest empties its own caches and slows the board; it harms no data.
    private const SecondaryControls WantedSecondary = SecondaryControls.Rdtscp | SecondaryControls.WbinvdExiting | SecondaryControls.Invpcid;
    private const ExitControls NeededExit =
        ExitControls.SaveDebugControls | ExitControls.HostLongMode | ExitControls.AcknowledgeInterrupt | ExitControls.SavePat
        | ExitControls.LoadPat | ExitControls.SaveEfer | ExitControls.LoadEfer;
    private const EntryControls NeededEntry = EntryControls.LoadDebugControls | EntryControls.LoadPat | EntryControls.LoadEfer;


    private const uint ReservedPin = 0x16, ReservedProcessor = 0x0400_6172, ReservedExit = 0x0003_6dfb, ReservedEntry = 0x0000_11fb;

    /// <summary>Why a CPU of these capabilities cannot be used; empty when it can.</summary>
    public static ReadOnlySpan<byte> Choose(scoped in VmxCapabilities cpu, out ControlSet set)
    {
        set = new()
        {
            Pin = (PinControls)cpu.Pin.Choose((uint)NeededPin, (uint)WantedPin),
            Processor = (ProcessorControls)cpu.Processor.Choose((uint)NeededProcessor, 0),
            Secondary = (SecondaryControls)cpu.Secondary.Choose((uint)NeededSecondary, (uint)WantedSecondary),
            Exit = (ExitControls)cpu.Exit.Choose((uint)NeededExit, 0),
            ExitWithTimer = (ExitControls)cpu.Exit.Choose((uint)NeededExit, (uint)ExitControls.SavePreemptionTimer),
            Entry = (EntryControls)cpu.Entry.Choose((uint)NeededEntry, 0),
            HasPreemptionTimer = cpu.Pin.Missing((uint)PinControls.PreemptionTimer) == 0,
        };
        uint missing = cpu.Pin.Missing((uint)NeededPin);
        if (missing != 0)
            return Text((PinControls)missing);
        missing = cpu.Processor.Missing((uint)NeededProcessor);
        if (missing != 0)
            return Text((ProcessorControls)missing);
        missing = cpu.Secondary.Missing((uint)NeededSecondary);
        if (missing != 0)
            return Text((SecondaryControls)missing);
        missing = cpu.Exit.Missing((uint)NeededExit);
        if (missing != 0)
            return Text((ExitControls)missing);
        missing = cpu.Entry.Missing((uint)NeededEntry);
        if (missing != 0)
            return Text((EntryControls)missing);

        uint forced = cpu.Pin.Forced((uint)(NeededPin | WantedPin) | ReservedPin)
            | cpu.Processor.Forced((uint)NeededProcessor | ReservedProcessor)
            | cpu.Secondary.Forced((uint)(NeededSecondary | WantedSecondary))
            | cpu.Exit.Forced((uint)NeededExit | ReservedExit)
            | cpu.Entry.Forced((uint)NeededEntry | ReservedEntry);
        return forced != 0 ? "VT-x: the CPU insists on a control that is not handled"u8 : default;
    }

    private static ReadOnlySpan<byte> Text(PinControls missing) => (missing & PinControls.ExternalInterruptExiting) != 0
        ? "VT-x: exits on external interrupts are missing"u8
        : "VT-x: exits on NMIs are missing"u8;

    private static ReadOnlySpan<byte> Text(ProcessorControls missing) => missing switch
    {
        _ when (missing & ProcessorControls.SecondaryControls) != 0 => "VT-x: the secondary controls are missing"u8,
        _ when (missing & ProcessorControls.TprShadow) != 0 => "VT-x: the TPR shadow is missing"u8,
        _ when (missing & ProcessorControls.MsrBitmaps) != 0 => "VT-x: MSR bitmaps are missing"u8,
        _ when (missing & ProcessorControls.TscOffsetting) != 0 => "VT-x: TSC offsetting is missing"u8,
        _ when (missing & ProcessorControls.IoBitmaps) != 0 => "VT-x: I/O bitmaps are missing"u8,
        _ => "VT-x: exits on MONITOR, MWAIT or RDPMC are missing"u8,
    };

    private static ReadOnlySpan<byte> Text(SecondaryControls missing) => missing switch
    {
        _ when (missing & SecondaryControls.Ept) != 0 => "VT-x: EPT is missing"u8,
        _ when (missing & SecondaryControls.UnrestrictedGuest) != 0 => "VT-x: unrestricted guest is missing"u8,
        _ => "VT-x: VPID is missing"u8,
    };

    private static ReadOnlySpan<byte> Text(ExitControls missing) => missing switch
    {
        _ when (missing & ExitControls.HostLongMode) != 0 => "VT-x: a 64-bit host is missing"u8,
        _ when (missing & ExitControls.AcknowledgeInterrupt) != 0 => "VT-x: acknowledging interrupts at an exit is missing"u8,
        _ when (missing & (ExitControls.SavePat | ExitControls.LoadPat)) != 0 => "VT-x: switching the PAT at an exit is missing"u8,
        _ when (missing & (ExitControls.SaveEfer | ExitControls.LoadEfer)) != 0 => "VT-x: switching EFER at an exit is missing"u8,
        _ => "VT-x: saving debug controls at an exit is missing"u8,
    };

    private static ReadOnlySpan<byte> Text(EntryControls missing) => missing switch
    {
        _ when (missing & EntryControls.LoadPat) != 0 => "VT-x: loading the PAT at an entry is missing"u8,
        _ when (missing & EntryControls.LoadEfer) != 0 => "VT-x: loading EFER at an entry is missing"u8,
        _ => "VT-x: loading debug controls at an entry is missing"u8,
    };
}
