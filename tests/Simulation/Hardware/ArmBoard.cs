using System;
using System.Linq;
using Bulkhead.Arm64.Gic;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Guests;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Hardware;

/// <summary>A board with a GICv3. What is between core and GIC is done here as arch/arm64/El2 does it.</summary>
internal sealed class ArmBoard : Board, IGicBoard
{
    private const int SpiCount = 64;
    private const uint UnownedSpi = 60, UartIntId = 33;

    public readonly VirtualGic[] Gics;
    public readonly ListRegisters[] Lists;
    public readonly DeviceBus[] Buses;
    public readonly VirtualPl011[] Uarts;

    /// <summary>The guest's virtual timer of each CPU: when its line rises; 0 for never.</summary>
    public readonly ulong[] GuestTimer;

    private readonly PhysicalInterrupt[][] _private;
    private readonly PhysicalInterrupt[] _shared = new PhysicalInterrupt[SpiCount];
    private readonly bool[] _kicked;
    // Of each guest: CPUs that are about to set its UART's line as that says.
    private readonly int[] _movers;

    public ArmBoard(Life life, byte[] ram) : base(life, ram)
    {
        SimulatedGic.Board = this;
        int cpus = Vcpus.Length;
        Gics = new VirtualGic[Partitions.Length];
        Buses = new DeviceBus[Partitions.Length];
        Uarts = new VirtualPl011[Partitions.Length];
        Lists = new ListRegisters[cpus];
        GuestTimer = new ulong[cpus];
        _private = new PhysicalInterrupt[cpus][];
        _kicked = new bool[cpus];
        _movers = new int[Partitions.Length];
        int registers = Dice.Of(2, 3, 4, 4, 16);
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            int its = cpu;
            Lists[cpu] = new ListRegisters(registers, intid => Interrupt(its, intid).Active = false);
            _private[cpu] = new PhysicalInterrupt[32];
            for (int i = 0; i < 32; i++)
                _private[cpu][i] = new PhysicalInterrupt();
            _private[cpu][InterruptId.HypervisorTimer].Enabled = true;
            _private[cpu][InterruptId.Maintenance].Enabled = true;
        }
        for (int i = 0; i < SpiCount; i++)
            _shared[i] = new PhysicalInterrupt { Route = 0 };
        _shared[33].Enabled = true;
    }

    public int Cpu => Scheduler.Current.Cpu;

    protected override void LoadTable(StartedSlot started) => TableLoad<SimulatedArch, Arm64TableRules>.Run(in Appliance.Config, started, ref OwnTable);

    protected override void CreateDevices(int guest)
    {
        ref PartitionCore core = ref Partitions[guest];
        ref VirtualGic gic = ref Gics[guest];
        gic.Initialize((int)core.VcpuCount, (core.Entry.Arm64.IntIdCount + 31) / 32);
        for (int i = 0; i < core.VcpuCount; i++)
            gic.Vcpu(i).PhysicalCpu = (int)core.CpuOf(i);
        for (int i = 0; i < core.Entry.InterruptCount; i++)
            gic.Assign(core.Entry.Interrupt[i].VirtualIntId, core.Entry.Interrupt[i].PhysicalIntId);
        Buses[guest].Initialize(in core.Entry);
        Uarts[guest].Initialize(guest);
    }

    protected override VcpuProgram CreateProgram(int cpu) => new ArmProgram(this, cpu);

    public PhysicalInterrupt Interrupt(int cpu, uint intid) => intid < InterruptId.FirstSpi ? _private[cpu][intid] : _shared[intid];

    public override bool HasInterrupt(int cpu) => _kicked[cpu] || Pending(cpu) != ListRegisters.Spurious;

    public override void TakeInterrupt(int cpu)
    {
        Life.Tally.Interrupts++;
        ref VcpuCore vcpu = ref Vcpus[cpu];
        if (_kicked[cpu])
        {
            _kicked[cpu] = false;
            Life.Trace($"takes a kick");
            TakeKick(ref vcpu);
            return;
        }
        uint intid = Pending(cpu);
        PhysicalInterrupt its = Interrupt(cpu, intid);
        its.Pending = false;
        its.Active = true;
        Life.Trace($"takes interrupt {intid}");
        if (intid == InterruptId.VirtualTimer)
        {
            Delivery<SimulatedGic>.OnVirtualTimer(ref Gics[vcpu.Guest], vcpu.Index);
            return;
        }
        if (intid == InterruptId.Maintenance)
            Delivery<SimulatedGic>.OnMaintenance(ref Gics[vcpu.Guest], vcpu.Index);
        else if (intid == InterruptId.HypervisorTimer)
        {
            // Ended before it is served: that may not return, and the line is a level of what is served.
            its.Active = false;
            TakeTimer(ref vcpu);
            return;
        }
        else if (intid == 33)
            BoardConsole<SimulatedArch>.OnInterrupt(ref vcpu);
        else
        {
            TakePhysical(ref vcpu, intid);
            return;
        }
        its.Active = false;
    }

    private void TakeKick(ref VcpuCore vcpu)
    {
        if (vcpu.Guest < 0 || Volatile.Read(ref vcpu.Power) != (int)VcpuPower.On)
            return;
        GuestStop<SimulatedArch>.Check(ref vcpu, in Partitions[vcpu.Guest]);
        Inboxes<SimulatedGic>.Drain(ref Gics[vcpu.Guest], vcpu.Index);
    }

    private void TakeTimer(ref VcpuCore vcpu)
    {
        ulong now = Time;
        Deadlines<SimulatedArch>.Check(ref vcpu, now);
        HypervisorTimer[vcpu.Cpu] = vcpu.Deadline;
        GuestWatchdog<SimulatedArch>.Check(ref vcpu, now);
    }

    private void TakePhysical(ref VcpuCore vcpu, uint physical)
    {
        uint intid = vcpu.Guest < 0 ? 0 : Gics[vcpu.Guest].FindVirtual(physical);
        if (intid == 0)
        {
            _shared[physical].Enabled = false;
            _shared[physical].Active = false;
            return;
        }
        // Without a point between acknowledge and look: no CPU stands still there while another loads a package.
        if (Partitions[vcpu.Guest].State != (int)GuestState.Running)
        {
            _shared[physical].Enabled = false;
            _shared[physical].Active = false;
            return;
        }
        Delivery<SimulatedGic>.OnPhysicalSpi(ref Gics[vcpu.Guest], vcpu.Index, intid);
    }

    // The interrupt a CPU would take next.
    private uint Pending(int cpu)
    {
        PhysicalInterrupt[] mine = _private[cpu];
        mine[InterruptId.HypervisorTimer].Line = HypervisorTimer[cpu] != 0 && Time >= HypervisorTimer[cpu];
        if (mine[InterruptId.HypervisorTimer].Fires)
            return InterruptId.HypervisorTimer;
        mine[InterruptId.VirtualTimer].Line = GuestTimer[cpu] != 0 && Time >= GuestTimer[cpu];
        if (mine[InterruptId.VirtualTimer].Fires)
            return InterruptId.VirtualTimer;
        mine[InterruptId.Maintenance].Line = Lists[cpu].Maintenance;
        if (mine[InterruptId.Maintenance].Fires)
            return InterruptId.Maintenance;
        if (cpu == 0)
            _shared[33].Line = Wire.Line;
        for (uint i = InterruptId.FirstSpi; i < SpiCount; i++)
        {
            if (_shared[i].Route == cpu && _shared[i].Fires)
                return i;
        }
        return ListRegisters.Spurious;
    }

    public override bool HasGuestInterrupt(int cpu) => Lists[cpu].Best >= 0;

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
        Lifecycle<SimulatedGic>.ApplyAssigned(ref Gics[partition.Index]);
    }

    // As if the guest had never run.
    private void CheckFresh(int guest)
    {
        ref VirtualGic gic = ref Gics[guest];
        Life.Check((gic.Distributor.Group0Mask | gic.Distributor.Group1Mask) == 0, $"guest{guest}'s new distributor is on");
        for (uint number = 1; number < 3; number++)
        {
            ref InterruptBank bank = ref gic.Bank(0, number);
            // Whoever raised the UART's line as the guest ended sees that it was reset, and lets it fall again.
            uint line = number == UartIntId / 32 && _movers[guest] != 0 ? bank.Line & ~(1u << (int)UartIntId) : bank.Line;
            Life.Check((bank.Enabled | bank.Group | bank.Edge | bank.Pending | line | bank.Active | bank.Listed | bank.ClearPending | bank.ClearActive) == 0,
                $"guest{guest}'s new distributor remembers; enabled {bank.Enabled:x}, pending {bank.Pending:x}, line {bank.Line:x}, active {bank.Active:x}, listed {bank.Listed:x}");
        }
        for (uint i = InterruptId.FirstSpi; i < SpiCount; i++)
            Life.Check(Owner(i) != guest || !_shared[i].Enabled && !_shared[i].Active, $"interrupt {i} is on before guest{guest} runs");
    }

    public override void ResetGuest(ref PartitionCore partition)
    {
        Ledgers[partition.Index].Ends();
        GuestLine line = new(partition.Index, -1);
        Uarts[partition.Index].Reset<GuestLine, GuestLine>(ref line);
        Lifecycle<SimulatedGic>.QuietAssigned(ref Gics[partition.Index]);
        Gics[partition.Index].Reset();
        ResetControl(ref partition);
        Ledgers[partition.Index].OwesNothing();
    }

    public override void Reset(ref VcpuCore vcpu)
    {
        Scheduler.Point();
        GuestTimer[vcpu.Cpu] = 0;
        Lists[vcpu.Cpu].ForgetPriorities();
        Lifecycle<SimulatedGic>.ResetCpu(ref Gics[vcpu.Guest], vcpu.Index);
    }

    public override void Quiesce(ref VcpuCore vcpu, bool wasOn)
    {
        GuestTimer[vcpu.Cpu] = 0;
        UpdateTimer(ref vcpu, Time);
        if (wasOn)
            Lifecycle<SimulatedGic>.StopCpu(ref Gics[vcpu.Guest], vcpu.Index);
        Ledgers[vcpu.Guest].Leaves(ref vcpu);
    }

    public override void UpdateTimer(ref VcpuCore vcpu, ulong now) => HypervisorTimer[vcpu.Cpu] = vcpu.Deadline;

    public override void SetWatchdogLine(ref VcpuCore here, bool asserted)
    {
        uint intid = Partitions[here.Guest].Entry.Arm64.WatchdogIntId;
        if (asserted)
            Ledgers[here.Guest].Raised(-1, intid);
        else
            Ledgers[here.Guest].Withdrawn(-1, intid);
        Delivery<SimulatedGic>.SetLine(ref Gics[here.Guest], here.RunningIndexIn(here.Guest), intid, asserted);
    }

    public override int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text)
    {
        GuestLine line = new(vcpu.Guest, vcpu.Index);
        int taken = Uarts[vcpu.Guest].WriteBuffer<ConsoleMultiplexer<BoardUart<SimulatedArch>, SimulatedArch>, GuestLine, GuestLine>(text, ref BoardConsole<SimulatedArch>.Console, ref line);
        if (BoardConsole<SimulatedArch>.Console.IsHolding)
            Deadlines<SimulatedArch>.ArmConsole(ref vcpu);
        return taken;
    }

    public override void UartReceived(int guest, ref VcpuCore here)
    {
        _movers[guest]++;
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Uarts[guest].Received<ConsoleMultiplexer<BoardUart<SimulatedArch>, SimulatedArch>, GuestLine, GuestLine>(ref BoardConsole<SimulatedArch>.Console, ref line);
        _movers[guest]--;
    }

    public override void UartSpaceReturned(int guest, ref VcpuCore here)
    {
        _movers[guest]++;
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Uarts[guest].SpaceReturned<GuestLine, GuestLine>(ref line);
        _movers[guest]--;
    }

    public override void Disturb()
    {
        if (Life.Faulty && Dice.OneIn(30))
        {
            // A glitch of the controller: what is nobody's fires at somebody.
            PhysicalInterrupt glitch = _shared[UnownedSpi];
            glitch.Enabled = glitch.Pending = true;
            glitch.Route = Dice.Next(Vcpus.Length);
            return;
        }
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
        PhysicalInterrupt its = _shared[interrupt.PhysicalIntId];
        // An edge at an input that is not yet set up for edges is lost, as it is on any board.
        if (interrupt.Edge != 0 && !its.Edge)
            return;
        Life.Trace($"the device of interrupt {interrupt.PhysicalIntId} fires");
        ledger.Raised(-1, interrupt.VirtualIntId);
        if (interrupt.Edge != 0)
            its.Pending = true;
        else
            its.Line = true;
    }

    /// <summary>The guest's driver has served its device.</summary>
    public void Serve(int guest, uint intid)
    {
        uint physical = Gics[guest].PhysicalOf(intid);
        if (intid >= InterruptId.FirstSpi && physical >= InterruptId.FirstSpi)
            _shared[physical].Line = false;
    }

    public override bool AdvanceToTimer()
    {
        foreach (ulong deadline in GuestTimer)
        {
            if (deadline > Time)
            {
                Time = deadline;
                return true;
            }
        }
        return base.AdvanceToTimer();
    }

    public ListRegisters ListsOf(int cpu) => Lists[cpu];

    /// <summary>What is not its guest's is a violation.</summary>
    public PhysicalInterrupt Own(int cpu, uint intid)
    {
        if (intid >= InterruptId.FirstSpi)
            CheckOwner(cpu, intid);
        return Interrupt(cpu, intid);
    }

    public void Routed(int cpu, int target) => Life.Check(Vcpus[target].Guest == Vcpus[cpu].Guest, "an interrupt is routed to another guest's CPU");

    // What a guest's CPU does to the board's controller concerns its guest's interrupts.
    private void CheckOwner(int cpu, uint intid) => Life.Check(Owner(intid) == Vcpus[cpu].Guest, $"CPU {cpu} changes interrupt {intid}, which is not its guest's");

    /// <summary>An interrupt is in one list register of its guest, and backed by what is the guest's.</summary>
    public void Listed(int cpu, int index, ListRegister value)
    {
        if (value.IsInvalid)
            return;
        int guest = Vcpus[cpu].Guest;
        if (value.IsHw && value.PhysicalId >= InterruptId.FirstSpi)
            CheckOwner(cpu, value.PhysicalId);
        for (int i = 0; i < Partitions[guest].VcpuCount; i++)
        {
            int other = (int)Partitions[guest].CpuOf(i);
            if (other != cpu && value.VirtualId < InterruptId.FirstSpi)
                continue;
            ListRegister[] lists = Lists[other].Values;
            for (int j = 0; j < lists.Length; j++)
            {
                if ((other != cpu || j != index) && !lists[j].IsInvalid && lists[j].VirtualId == value.VirtualId)
                    Life.Fail($"interrupt {value.VirtualId} of guest{guest} is in two list registers");
            }
        }
    }

    public override void CheckSettled()
    {
        base.CheckSettled();
        for (int guest = 0; guest < Ledgers.Length; guest++)
        {
            if (Partitions[guest].State != (int)GuestState.Running)
                continue;
            CheckDelivered(guest);
            CheckRoutes(guest);
        }
        for (uint i = InterruptId.FirstSpi; i < SpiCount; i++)
        {
            int owner = i == 33 ? -2 : Owner(i);
            if (owner == -1)
                Life.Check(!_shared[i].Enabled && !_shared[i].Active, $"interrupt {i} is nobody's, and on");
        }
    }

    // Nothing that could be delivered is left.
    private void CheckDelivered(int guest)
    {
        GuestLedger ledger = Ledgers[guest];
        ref VirtualGic gic = ref Gics[guest];
        foreach ((int owner, uint intid) in ledger.Owed())
        {
            int vcpu = owner >= 0 ? owner : gic.RouteOf(intid);
            if (vcpu < 0 || !Programs[(int)Partitions[guest].CpuOf(vcpu)].IsReady)
                continue;
            ref InterruptBank bank = ref gic.Bank(vcpu, intid >> 5);
            uint bit = 1u << (int)intid;
            if ((bank.Enabled & gic.Distributor.Forwarded(bank.Group) & bit) != 0)
                Life.Fail($"interrupt {intid} of guest{guest}'s vCPU {vcpu} was raised and never came; {Describe((int)Partitions[guest].CpuOf(vcpu))}");
        }
    }

    // One vCPU for each shared interrupt, and its timers fired.
    private void CheckRoutes(int guest)
    {
        ref VirtualGic gic = ref Gics[guest];
        for (uint number = 1; number < 3; number++)
        {
            uint seen = 0;
            for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
            {
                uint routed = gic.Distributor.Banks.At(number).Routed.At(vcpu);
                Life.Check((routed & seen) == 0, $"guest{guest}: interrupts {routed & seen:x} of bank {number} are routed to two vCPUs");
                seen |= routed;
            }
        }
        for (int vcpu = 0; vcpu < gic.VcpuCount && !Ledgers[guest].IsWild; vcpu++)
        {
            int cpu = (int)Partitions[guest].CpuOf(vcpu);
            Life.Check(!Programs[cpu].IsReady || GuestTimer[cpu] == 0 || GuestTimer[cpu] > Time, $"guest{guest}: the timer of vCPU {vcpu} never came");
        }
    }

    public override string Describe(int cpu)
    {
        ref VirtualCpuInterface books = ref Gics[Vcpus[cpu].Guest].Vcpu(Vcpus[cpu].Index).Interface;
        return $"list registers {string.Join(' ', Lists[cpu].Values.Select(one => one.Value.ToString("x", null)))}, HCR {Lists[cpu].Hcr:x}, EOIcount {Lists[cpu].EoiCount}, "
            + $"backlog {books.Backlog:x}, assigned {books.Assigned:x}, spilled banks {books.SpilledBanks:x}, timer held {books.TimerHeld}, {(Ledgers[Vcpus[cpu].Guest].IsWild ? "wild" : "orderly")}";
    }

    /// <summary>A guest UART's interrupt output.</summary>
    internal readonly struct GuestLine(int guest, int vcpu) : IInterruptLine<GuestLine>
    {
        private readonly int _guest = guest;
        private readonly int _vcpu = vcpu;

        public static void Set(ref GuestLine context, bool asserted)
        {
            ArmBoard board = (ArmBoard)Current;
            uint intid = board.Partitions[context._guest].Entry.Arm64.UartIntId;
            if (asserted)
                board.Ledgers[context._guest].Raised(-1, intid);
            else
                board.Ledgers[context._guest].Withdrawn(-1, intid);
            Delivery<SimulatedGic>.SetLine(ref board.Gics[context._guest], context._vcpu, intid, asserted);
        }
    }
}
