using System;
using System.Linq;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Guests;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using ConsoleEnd = Bulkhead.Diagnostics.ConsoleMultiplexer<Bulkhead.Devices.BoardUart<Bulkhead.Simulation.Hardware.SimulatedArch>, Bulkhead.Simulation.Hardware.SimulatedArch>;

namespace Bulkhead.Simulation.Hardware;

/// <summary>A PC with APICs and a disk. What is between core and APICs is done here as arch/x86_64/Guest does it.</summary>
internal sealed unsafe class PcBoard : Board
{
    private const int UartInput = 4;
    // Of the timer's clock.
    private const uint LeastPeriod = 50;

    public readonly VirtualUart16550[] Uarts;

    // Too large for an array's elements; each board clears its own.
    private static readonly VirtualApics* s_apics = (VirtualApics*)NativeMemory.Alloc((nuint)ApplianceTable.MaxGuests, (nuint)sizeof(VirtualApics));

    private readonly PcInput[] _inputs = new PcInput[VirtualIoApic.Pins];
    private readonly bool[] _kicked;
    // It came out of its guest: before it goes back it looks at its inbox.
    private readonly bool[] _isOut;

    public PcBoard(Life life, byte[] ram) : base(life, ram)
    {
        Uarts = new VirtualUart16550[Partitions.Length];
        for (int guest = 0; guest < Partitions.Length; guest++)
            Apics(guest) = default;
        _kicked = new bool[Vcpus.Length];
        _isOut = new bool[Vcpus.Length];
        for (int i = 0; i < _inputs.Length; i++)
            _inputs[i] = new PcInput();
        _inputs[UartInput].Edge = true;
        _inputs[UartInput].Masked = false;
    }

    public ref VirtualApics Apics(int guest) => ref s_apics[guest];

    public ref VirtualLocalApic Apic(int cpu) => ref Apics(Vcpus[cpu].Guest).Local.At((uint)Vcpus[cpu].Index);

    /// <summary>It is a vCPU's own CPU that takes the STARTUP.</summary>
    public override bool TurnsItselfOn(int cpu) => true;

    public override bool KnowsStarts(GuestLedger ledger) => !ledger.IsWild;

    protected override void LoadTable(StartedSlot started) => TableLoad<SimulatedArch, X86TableRules>.Run(in Appliance.Config, started, ref OwnTable);

    protected override void CreateDevices(int guest)
    {
        ref GuestEntry entry = ref Partitions[guest].Entry;
        ref VirtualApics apics = ref Apics(guest);
        apics.Initialize(entry.VcpuCount, entry.X86.LocalApic.Value, Math.Max(entry.X86.UartGsi, entry.X86.ControlGsi));
        for (int i = 0; i < (int)entry.InterruptCount; i++)
        {
            GuestInterrupt interrupt = entry.Interrupt[i];
            PcInput input = _inputs[interrupt.PhysicalIntId];
            input.Edge = interrupt.Edge != 0;
            input.Route = (int)Partitions[guest].CpuOf(0);
            apics.IoApic.Assign(interrupt.VirtualIntId, interrupt.PhysicalIntId);
        }
        for (int i = 0; i < (int)entry.VcpuCount; i++)
            apics.Local.At((uint)i).PhysicalCpu = (int)Partitions[guest].CpuOf(i);
        Uarts[guest].Initialize(guest);
    }

    protected override VcpuProgram CreateProgram(int cpu) => new PcProgram(this, cpu);

    public override bool HasInterrupt(int cpu)
    {
        if (cpu == 0)
            _inputs[UartInput].Line = Wire.Line;
        return _kicked[cpu] || HasTimer(cpu) || Waiting(cpu) >= 0;
    }

    public override void TakeInterrupt(int cpu)
    {
        Life.Tally.Interrupts++;
        _isOut[cpu] = true;
        ref VcpuCore vcpu = ref Vcpus[cpu];
        int input = Waiting(cpu);
        if (_kicked[cpu])
        {
            Life.Trace("takes a kick");
            _kicked[cpu] = false;
            if (vcpu.Guest >= 0 && vcpu.Power == (int)VcpuPower.On)
                GuestStop<SimulatedArch>.Check(ref vcpu, in Partitions[vcpu.Guest]);
        }
        else if (HasTimer(cpu))
        {
            Life.Trace("takes its timer");
            TakeTimer(ref vcpu);
        }
        else if (input == UartInput)
        {
            Life.Trace("takes the UART's interrupt");
            TakeUart(ref vcpu);
        }
        else
        {
            Life.Trace($"takes input {input}");
            TakeAssigned(ref vcpu, (uint)input);
        }
    }

    private bool HasTimer(int cpu) => HypervisorTimer[cpu] != 0 && Time >= HypervisorTimer[cpu];

    private int Waiting(int cpu) => Array.FindIndex(_inputs, input => input.Waits && input.Route == cpu);

    private void TakeTimer(ref VcpuCore vcpu)
    {
        ulong now = Time;
        HypervisorTimer[vcpu.Cpu] = 0;
        if (vcpu.Deadline != 0)
        {
            Deadlines<SimulatedArch>.Check(ref vcpu, now);
            GuestWatchdog<SimulatedArch>.Check(ref vcpu, now);
        }
        if (vcpu.Guest >= 0)
            Apic(vcpu.Cpu).ExpireTimer(now + Apic(vcpu.Cpu).TscOffset);
        Arm(ref vcpu);
    }

    // An ISA UART's line is an edge: it has fallen when this is done.
    private void TakeUart(ref VcpuCore vcpu)
    {
        _inputs[UartInput].Waits = false;
        do
            BoardConsole<SimulatedArch>.OnInterrupt(ref vcpu);
        while (Wire.Line);
        _inputs[UartInput].Line = false;
    }

    private void TakeAssigned(ref VcpuCore vcpu, uint gsi)
    {
        ref PartitionCore partition = ref Partitions[vcpu.Guest];
        GuestInterrupt interrupt = Find(in partition.Entry, gsi);
        PcInput input = _inputs[gsi];
        bool isOver = partition.State == (int)GuestState.Stopped;
        if (!input.Edge || isOver)
            input.Masked = true;
        input.Ends();
        if (isOver)
            return;
        IoApicRegisters<SimulatedApics>.SetLine(ref Apics(vcpu.Guest), ref Apic(vcpu.Cpu), interrupt.VirtualIntId, true);
        if (input.Edge)
            IoApicRegisters<SimulatedApics>.SetLine(ref Apics(vcpu.Guest), ref Apic(vcpu.Cpu), interrupt.VirtualIntId, false);
    }

    private static GuestInterrupt Find(in GuestEntry entry, uint gsi)
    {
        for (int i = 0; i < (int)entry.InterruptCount; i++)
        {
            if (entry.Interrupt[i].PhysicalIntId == gsi)
                return entry.Interrupt[i];
        }
        throw new InvalidOperationException($"input {gsi} comes to a guest that does not have it");
    }

    /// <summary>A guest has ended a level.</summary>
    public void End(uint gsi)
    {
        int cpu = Scheduler.Current.Cpu;
        Life.Check(Owner(gsi) == Vcpus[cpu].Guest, $"CPU {cpu} ends input {gsi}, which is not its guest's");
        _inputs[gsi].Masked = false;
    }

    public override void BeforeEntry(int cpu)
    {
        // Nothing else but a kick makes sure that it looks.
        if (!_isOut[cpu] && !Dice.OneIn(4))
            return;
        _isOut[cpu] = false;
        ref VirtualLocalApic apic = ref Apic(cpu);
        while (apic.Inbox.Requests != 0)
            Obey(ref Vcpus[cpu], apic.Take());
    }

    private void Obey(ref VcpuCore vcpu, uint requests)
    {
        if ((requests & ApicInbox.Init) == 0)
            return;
        Life.Trace($"guest{vcpu.Guest}'s vCPU {vcpu.Index} takes an INIT");
        Apic(vcpu.Cpu).Reset();
        VcpuLoop<SimulatedArch>.Silence(ref vcpu);
        if ((requests & ApicInbox.StartUp) != 0)
            StartUp(ref vcpu, requests);
        throw new LeaveGuest();
    }

    private void TakeWhileOff(ref VcpuCore vcpu)
    {
        ref VirtualLocalApic apic = ref Apic(vcpu.Cpu);
        if (apic.Inbox.Requests == 0)
            return;
        uint requests = apic.Take();
        if ((requests & ApicInbox.Init) != 0)
            apic.Reset();
        if ((requests & ApicInbox.StartUp) != 0 && vcpu.Index != 0)
            StartUp(ref vcpu, requests);
    }

    private void StartUp(ref VcpuCore vcpu, uint requests)
    {
        vcpu.Entry = new(ApicInbox.StartAddress(requests));
        Scheduler.Point();
        vcpu.Power = (int)VcpuPower.OnPending;
    }

    public override void Idle(ref VcpuCore vcpu)
    {
        if (vcpu.Guest >= 0 && Partitions[vcpu.Guest].State == (int)GuestState.Running)
        {
            TakeWhileOff(ref vcpu);
            if (vcpu.Power == (int)VcpuPower.OnPending)
                return;
        }
        base.Idle(ref vcpu);
    }

    public override bool HasGuestInterrupt(int cpu) => Apic(cpu).Deliverable() != 0;

    public override void Kick(int cpu)
    {
        Scheduler.Point();
        _kicked[cpu] = true;
    }

    public override void BeginGuest(ref PartitionCore partition)
    {
        Life.Trace($"guest{partition.Index} is loaded");
        Ledgers[partition.Index].Loaded();
        CheckFresh(partition.Index);
        ref VirtualApics apics = ref Apics(partition.Index);
        for (uint i = 0; i < partition.VcpuCount; i++)
        {
            apics.Local.At(i).TscOffset = 0 - Time;
            apics.Local.At(i).LeastPeriod = LeastPeriod;
        }
        SpinLock.Guard held = apics.IoApic.Lock.Enter();
        apics.IoApic.Lines &= ~apics.IoApic.Physical;
        apics.IoApic.Lock.Exit(held);
        SetMasks(in partition.Entry, false);
    }

    // As if the guest had never run.
    private void CheckFresh(int guest)
    {
        ref VirtualApics apics = ref Apics(guest);
        for (uint i = 0; i < apics.VcpuCount; i++)
        {
            ref VirtualLocalApic apic = ref apics.Local.At(i);
            Life.Check(!apic.HasPending && apic.HighestInService == 0 && apic.Inbox.Requests == 0 && apic.TimerDeadline == 0 && (apic.Page.At(ApicRegister.Svr) & ApicRegister.SvrEnabled) == 0,
                $"the APIC of guest{guest}'s new vCPU {i} remembers; {Describe(apic.PhysicalCpu)}, SVR {apic.Page.At(ApicRegister.Svr):x}");
        }
        Life.Check(apics.IoApic.RemoteIrr == 0, $"guest{guest}'s new I/O APIC remembers");
        for (uint pin = 0; pin < VirtualIoApic.Pins; pin++)
            Life.Check(apics.IoApic.Low.At(pin) == IoApicEntry.Masked, $"pin {pin} of guest{guest}'s new I/O APIC is on");
        for (uint i = 0; i < VirtualIoApic.Pins; i++)
            Life.Check(Owner(i) != guest || _inputs[i].Masked, $"input {i} is on before guest{guest} runs");
    }

    private void SetMasks(in GuestEntry entry, bool isMasked)
    {
        for (int i = 0; i < (int)entry.InterruptCount; i++)
        {
            Scheduler.Point();
            _inputs[entry.Interrupt[i].PhysicalIntId].Masked = isMasked;
        }
    }

    public override void ResetGuest(ref PartitionCore partition)
    {
        Ledgers[partition.Index].Ends();
        GuestLine line = new(partition.Index, -1);
        Uarts[partition.Index].Reset<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole<SimulatedArch>.Console, ref line);
        ResetControl(ref partition);
        Apics(partition.Index).Reset(partition.Entry.X86.LocalApic.Value);
        Ledgers[partition.Index].OwesNothing();
    }

    public override void Reset(ref VcpuCore vcpu)
    {
        Scheduler.Point();
        Apic(vcpu.Cpu).Cr8 = 0;
    }

    public override void Quiesce(ref VcpuCore vcpu, bool wasOn)
    {
        Apic(vcpu.Cpu).TimerDeadline = 0;
        Arm(ref vcpu);
        if (vcpu.Index == 0)
            SetMasks(in Partitions[vcpu.Guest].Entry, true);
        Ledgers[vcpu.Guest].Leaves(ref vcpu);
    }

    public override void UpdateTimer(ref VcpuCore vcpu, ulong now) => Arm(ref vcpu);

    /// <summary>The CPU's timer stands for its guest's, too.</summary>
    public void Arm(ref VcpuCore vcpu)
    {
        ulong deadline = vcpu.Deadline;
        if (vcpu.Guest >= 0 && Apic(vcpu.Cpu).TimerDeadline != 0)
        {
            ulong guest = Apic(vcpu.Cpu).TimerDeadline - Apic(vcpu.Cpu).TscOffset;
            if (deadline == 0 || (long)(guest - deadline) < 0)
                deadline = guest;
        }
        HypervisorTimer[vcpu.Cpu] = deadline;
    }

    /// <summary>An ACPI watchdog has no interrupt.</summary>
    public override void SetWatchdogLine(ref VcpuCore here, bool asserted)
    {
    }

    public override int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text)
    {
        int taken = BoardConsole<SimulatedArch>.Console.Write(vcpu.Guest, text);
        if (BoardConsole<SimulatedArch>.Console.IsHolding)
            Deadlines<SimulatedArch>.ArmConsole(ref vcpu);
        return taken;
    }

    public override void UartReceived(int guest, ref VcpuCore here)
    {
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Uarts[guest].Received<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole<SimulatedArch>.Console, ref line);
    }

    public override void UartSpaceReturned(int guest, ref VcpuCore here)
    {
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Uarts[guest].SpaceReturned<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole<SimulatedArch>.Console, ref line);
    }

    public override void Disturb()
    {
        if (Dice.OneIn(12))
        {
            _kicked[Dice.Next(Vcpus.Length)] = true;
            return;
        }
        int guest = Dice.Next(Partitions.Length);
        ref GuestEntry entry = ref Appliance.Table.Guest[guest];
        if (entry.InterruptCount == 0 || Ledgers[guest] is not { } ledger)
            return;
        GuestInterrupt interrupt = entry.Interrupt[Dice.Next((int)entry.InterruptCount)];
        PcInput input = _inputs[interrupt.PhysicalIntId];
        // An edge at an input that is masked is lost, on the board and in the guest.
        if (input.Edge && (input.Masked || IsMasked(guest, interrupt.VirtualIntId)))
            return;
        Life.Trace($"the device of input {interrupt.PhysicalIntId} fires");
        ledger.Raised(-1, PcProgram.VectorOf(interrupt.VirtualIntId));
        input.Line = true;
        if (input.Edge)
            input.Line = false;
    }

    /// <summary>By the guest's own I/O APIC.</summary>
    public bool IsMasked(int guest, uint pin) => (Apics(guest).IoApic.Low.At(pin) & IoApicEntry.Masked) != 0;

    /// <summary>The guest's driver has served its device.</summary>
    public void Serve(int guest, uint pin)
    {
        ref GuestEntry entry = ref Partitions[guest].Entry;
        for (int i = 0; i < (int)entry.InterruptCount; i++)
        {
            if (entry.Interrupt[i].VirtualIntId == pin)
                _inputs[entry.Interrupt[i].PhysicalIntId].Line = false;
        }
    }

    public override void CheckSettled()
    {
        base.CheckSettled();
        for (int guest = 0; guest < Ledgers.Length; guest++)
        {
            if (Partitions[guest].State == (int)GuestState.Running)
                CheckDelivered(guest);
        }
        for (uint i = 0; i < VirtualIoApic.Pins; i++)
        {
            int owner = i == UartInput ? 0 : Owner(i);
            Life.Check(owner >= 0 || _inputs[i].Masked, $"input {i} is nobody's, and on");
        }
    }

    // Nothing that could be delivered is left.
    private void CheckDelivered(int guest)
    {
        GuestLedger ledger = Ledgers[guest];
        for (int vcpu = 0; vcpu < Partitions[guest].VcpuCount; vcpu++)
        {
            int cpu = (int)Partitions[guest].CpuOf(vcpu);
            ref VirtualLocalApic apic = ref Apic(cpu);
            Life.Check(apic.Inbox.Requests == 0, $"guest{guest}'s vCPU {vcpu} does not look at its inbox, {apic.Inbox.Requests:x}");
            Life.Check(!Programs[cpu].IsReady || apic.TimerDeadline == 0 || apic.TimerDeadline - apic.TscOffset > Time, $"guest{guest}: the timer of vCPU {vcpu} never came");
        }
        foreach ((int owner, uint vector) in ledger.Owed())
        {
            int vcpu = Math.Max(owner, 0);
            if (Programs[(int)Partitions[guest].CpuOf(vcpu)].IsReady && (owner >= 0 || !IsMasked(guest, PcProgram.PinOf(vector))))
                Life.Fail($"vector {vector:x} of guest{guest}'s vCPU {vcpu} was raised and never came; {Describe((int)Partitions[guest].CpuOf(vcpu))}");
        }
    }

    public override string Describe(int cpu)
    {
        if (Vcpus[cpu].Guest < 0)
            return "nobody's";
        ref VirtualLocalApic apic = ref Apic(cpu);
        ref VirtualIoApic io = ref Apics(Vcpus[cpu].Guest).IoApic;
        return $"highest in IRR {apic.HighestPending:x}, in service {apic.HighestInService:x}, inbox {apic.Inbox.Requests:x}, kicked {_kicked[cpu]}, timer {apic.TimerDeadline}, "
            + $"lines {io.Lines:x}, remote IRR {io.RemoteIrr:x}, inputs {string.Join(' ', _inputs.Select((input, i) => (input, i)).Where(one => one.input.Line || one.input.Waits).Select(one => one.i))}, {(Ledgers[Vcpus[cpu].Guest].IsWild ? "wild" : "orderly")}";
    }

    /// <summary>A guest UART's interrupt output.</summary>
    internal readonly struct GuestLine(int guest, int vcpu) : IInterruptLine<GuestLine>
    {
        private readonly int _guest = guest;
        private readonly int _vcpu = vcpu;

        public static void Set(ref GuestLine context, bool asserted)
        {
            PcBoard board = (PcBoard)Current;
            ref VirtualApics apics = ref board.Apics(context._guest);
            uint pin = board.Partitions[context._guest].Entry.X86.UartGsi;
            if (!asserted)
                board.Ledgers[context._guest].Withdrawn(-1, PcProgram.VectorOf(pin));
            else if (!board.IsMasked(context._guest, pin))
                board.Ledgers[context._guest].Raised(-1, PcProgram.VectorOf(pin));
            if (context._vcpu < 0)
                IoApicRegisters<SimulatedApics>.SetLineFromOutside(ref apics, pin, asserted);
            else
                IoApicRegisters<SimulatedApics>.SetLine(ref apics, ref apics.Local.At((uint)context._vcpu), pin, asserted);
        }
    }
}
