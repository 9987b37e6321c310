using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Checks;
using Bulkhead.Simulation.Guests;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Simulation.Updates;
using Bulkhead.Tests.Fake;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Hardware;

/// <summary>A board between power-on and power-off: memory, tables, console line, time; interrupts are its architecture's.</summary>
internal abstract unsafe class Board
{
    public const ulong Frequency = 1_000_000;
    public const ulong HypervisorBase = 0x40_0000_0000;

    /// <summary>The one that runs.</summary>
    public static Board Current = null!;

    private static readonly ApplianceTable* s_table = (ApplianceTable*)NativeMemory.AllocZeroed((nuint)sizeof(ApplianceTable));

    public readonly Life Life;
    public readonly Appliance Appliance;
    public readonly Dice Dice;
    public readonly byte[] Ram;
    public readonly SimulatedFlash Flash;
    public readonly Wire Wire = new();
    public readonly FakeMachine Machine = new(FakeEntryReader.Of(default(FakeFormat)));
    public readonly PartitionCore[] Partitions;
    public readonly VcpuCore[] Vcpus;
    public readonly HostPhys[] GuestRoots;
    public readonly GuestLedger[] Ledgers;
    public readonly VcpuProgram[] Programs;
    public readonly ConsoleReader Console;
    public ulong Time = 1000;

    /// <summary>When the hypervisor's own timer of each CPU fires; 0 for never.</summary>
    public readonly ulong[] HypervisorTimer;

    private readonly HostPhys[] _hostRoots;
    private PagePool _pool = new(new(Appliance.RamStart + (1 << 20)), (1 << 20) / PagePool.PageSize);

    /// <summary>The control guest's second UART, as it is wired to the update service.</summary>
    public ControlLine Control;

    protected Board(Life life, byte[] ram)
    {
        Life = life;
        Appliance = life.Appliance;
        Dice = life.Dice;
        Ram = ram;
        Flash = new SimulatedFlash(life, life.Flash, IsImageMapped);
        Partitions = new PartitionCore[Appliance.Guests];
        Vcpus = new VcpuCore[Appliance.Cpus];
        GuestRoots = new HostPhys[Appliance.Guests];
        Ledgers = new GuestLedger[Appliance.Guests];
        Programs = new VcpuProgram[Appliance.Cpus];
        HypervisorTimer = new ulong[Appliance.Cpus];
        _hostRoots = new HostPhys[Appliance.Cpus];
        Console = new ConsoleReader(life);
        Current = this;
        ForgetStatics();
    }

    public bool IsImageMapped => Appliance.Architecture == CpuArchitecture.Arm64;

    /// <summary>Whether a vCPU that is off is claimed by its own CPU, not by whoever turns it on.</summary>
    public virtual bool TurnsItselfOn(int cpu) => Vcpus[cpu].Index == 0;

    /// <summary>Whether each way of the guest to turn a vCPU on is in its ledger.</summary>
    public virtual bool KnowsStarts(GuestLedger ledger) => true;

    /// <summary>The CPU is about to go to its guest.</summary>
    public virtual void BeforeEntry(int cpu)
    {
    }

    protected abstract void LoadTable(StartedSlot started);

    /// <summary>A guest's virtual devices, at boot.</summary>
    protected abstract void CreateDevices(int guest);

    protected abstract VcpuProgram CreateProgram(int cpu);

    /// <summary>Whether an interrupt of the board waits for a CPU.</summary>
    public abstract bool HasInterrupt(int cpu);

    /// <summary>Takes one, as the hypervisor's handler does.</summary>
    public abstract void TakeInterrupt(int cpu);

    /// <summary>Whether a guest that sleeps would go on.</summary>
    public abstract bool HasGuestInterrupt(int cpu);

    public abstract void Kick(int cpu);
    public abstract void BeginGuest(ref PartitionCore partition);
    public abstract void ResetGuest(ref PartitionCore partition);
    public abstract void Reset(ref VcpuCore vcpu);
    public abstract void Quiesce(ref VcpuCore vcpu, bool wasOn);
    public abstract void UpdateTimer(ref VcpuCore vcpu, ulong now);
    public abstract void SetWatchdogLine(ref VcpuCore here, bool asserted);
    public abstract int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text);
    public abstract void UartReceived(int guest, ref VcpuCore here);
    public abstract void UartSpaceReturned(int guest, ref VcpuCore here);

    /// <summary>Something outside: a device, a glitch.</summary>
    public abstract void Disturb();

    /// <summary>All is at rest: nothing is owed any more.</summary>
    public virtual void CheckSettled()
    {
        Console.Read(Wire.Sent);
        LogChecks.Run(this);
        Life.Updates.CheckSettled(this);
        foreach (GuestLedger ledger in Ledgers)
            ledger.CheckSettled();
        foreach (ref VcpuCore vcpu in Vcpus.AsSpan())
            Life.Check(vcpu.Deadline == 0 || vcpu.Deadline >= Time, $"a deadline on CPU {vcpu.Cpu} has passed and was not looked after");
    }

    /// <summary>Time goes to the next timer; false when none is armed.</summary>
    public virtual bool AdvanceToTimer()
    {
        ulong first = 0;
        foreach (ulong deadline in HypervisorTimer)
        {
            if (deadline > Time && (first == 0 || deadline < first))
                first = deadline;
        }
        if (first == 0)
            return false;
        Time = first;
        return true;
    }

    /// <summary>What its interrupt hardware holds, for a report.</summary>
    public abstract string Describe(int cpu);

    public void PowerOn(int cpu)
    {
        // The thread is the CPU.
        FakeMachine.Current = Machine;
        Action next = cpu == 0 ? Boot : () => Run(cpu);
        while (true)
        {
            try
            {
                next();
            }
            catch (EnterGuest)
            {
                next = () => RunGuest(cpu);
            }
            catch (LeaveGuest)
            {
                next = () => GuestLife<SimulatedArch>.Run(ref Vcpus[cpu]);
            }
        }
    }

    public virtual void Idle(ref VcpuCore vcpu)
    {
        int cpu = vcpu.Cpu;
        Scheduler.Current.ComesOut();
        if (!HasInterrupt(cpu))
            Scheduler.Wait();
        CarryOutRequest();
        if (HasInterrupt(cpu))
            TakeInterrupt(cpu);
    }

    public void Enter(ref VcpuCore vcpu)
    {
        Scheduler.Point();
        Life.Check(vcpu.Power == (int)VcpuPower.On, $"CPU {vcpu.Cpu} enters its guest while its power is {(VcpuPower)vcpu.Power}");
        Ledgers[vcpu.Guest].Enters(ref vcpu);
        throw new EnterGuest();
    }

    /// <summary>RAM as the calling CPU's own tables map it.</summary>
    public Span<byte> Open(HostPhys address, int bytes)
    {
        int cpu = Scheduler.Current.Cpu;
        for (ulong page = address.Value & ~(PagePool.PageSize - 1); page < address.Value + (ulong)bytes; page += PagePool.PageSize)
        {
            Translation found = Walk(_hostRoots[cpu], page);
            if (found.Attributes != (MapAttributes.Read | MapAttributes.Write) || found.Output.Value != page)
                Life.Fail($"CPU {cpu} opens {address.Value:x}+{bytes:x}, and its own tables do not map {page:x}");
        }
        return RamAt(address.Value, bytes);
    }

    public Span<byte> RamAt(ulong address, int bytes) => Ram.AsSpan((int)(address - Appliance.RamStart - Appliance.HypervisorSize), bytes);

    public bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes)
    {
        Scheduler.Point();
        bytes = default;
        if (range.Offset > (ulong)Flash.Bytes.Length || range.Size > (ulong)Flash.Bytes.Length - range.Offset)
            return false;
        // A disk may fail to read; mapped flash cannot.
        if (!IsImageMapped && Life.Faulty && Dice.OneIn(Life.UnreadOneIn) && !Life.Updates.IsNewest(range.Offset))
        {
            Life.Trace($"the disk does not read {range.Size} bytes at {range.Offset:x}");
            Life.Updates.HasFlashFailed = true;
            return false;
        }
        bytes = Flash.Show(range);
        if (IsImageMapped)
            return true;
        bytes.CopyTo(room);
        bytes = room[..bytes.Length];
        return true;
    }

    /// <summary>As the walkers of the board do it.</summary>
    public Translation Walk(HostPhys root, ulong input)
    {
        Scheduler.Masked++;
        PageTable<FakeFormat, FakeOps> tables = new(ref _pool, root, default, default);
        Translation found = tables.Walk(input);
        Scheduler.Masked--;
        return found;
    }

    private void Boot()
    {
        Life.Updates.Launches(UpdateUnit.Hypervisor, FirstStage.Run(this, out StartedSlot started));
        BoardConsole<SimulatedArch>.Initialize(Frequency);
        LoadTable(started);
        Life.Updates.Launches(UpdateUnit.Table, Appliance.Versions[UpdateUnit.Table].Find(IsTable));
        BoardConsole<SimulatedArch>.AddGuests();
        for (int cpu = 0; cpu < Vcpus.Length; cpu++)
            Vcpus[cpu].AssignTo(cpu);
        for (int guest = 0; guest < Partitions.Length; guest++)
        {
            Partitions[guest].Entry = ApplianceTables.Guest(guest);
            Partitions[guest].Index = guest;
            Ledgers[guest] = new GuestLedger(this, guest);
            GuestRoots[guest] = TakeRoot();
            PageTable<FakeFormat, FakeOps> tables = new(ref _pool, GuestRoots[guest], default, default);
            Life.Check(GuestMap.Fill(in Partitions[guest].Entry, ref tables) == PageTableStatus.Ok, "a guest's tables cannot be made");
            CreateDevices(guest);
        }
        MapHost();
        TableChecks.Run(this);
        for (int cpu = 0; cpu < Vcpus.Length; cpu++)
            Programs[cpu] = CreateProgram(cpu);
        HypervisorLog<SimulatedArch>.Started(_pool.Taken * PagePool.PageSize, Time);
        Life.Booted = true;
        for (int cpu = 1; cpu < Vcpus.Length; cpu++)
            Scheduler.Start(cpu);
        Run(0);
    }

    /// <summary>The guest that has an interrupt of the board's; -1 for none.</summary>
    protected int Owner(uint physical)
    {
        for (int guest = 0; guest < Partitions.Length; guest++)
        {
            ref GuestEntry entry = ref Appliance.Table.Guest[guest];
            for (int i = 0; i < (int)entry.InterruptCount; i++)
            {
                if (entry.Interrupt[i].PhysicalIntId == physical)
                    return guest;
            }
        }
        return -1;
    }

    private static bool IsTable(UnitVersion version)
    {
        ReadOnlySpan<byte> own = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in OwnTable, 1));
        return version.Stored.AsSpan(0, own.Length).SequenceEqual(own);
    }

    // Each CPU: the hypervisor with a hole below each stack, and its guest's RAM.
    private void MapHost()
    {
        for (int cpu = 0; cpu < Vcpus.Length; cpu++)
        {
            _hostRoots[cpu] = TakeRoot();
            PageTable<FakeFormat, FakeOps> tables = new(ref _pool, _hostRoots[cpu], default, default);
            bool made = tables.Map(HypervisorBase, new(Appliance.RamStart), Appliance.HypervisorSize, MapAttributes.Read | MapAttributes.Write) == PageTableStatus.Ok
                && tables.Unmap(HypervisorBase + GuardPage(cpu), PagePool.PageSize) == PageTableStatus.Ok
                && (Vcpus[cpu].Guest < 0 || GuestMap.FillHost(in Partitions[Vcpus[cpu].Guest].Entry, ref tables) == PageTableStatus.Ok);
            Life.Check(made, "a CPU's tables cannot be made");
        }
    }

    /// <summary>Whether a CPU's own tables reach a page of RAM where guests live.</summary>
    public bool HostReaches(int cpu, ulong page) => Walk(_hostRoots[cpu], page).Attributes != MapAttributes.None;

    /// <summary>Where a CPU's own tables lead; 0 where nothing is.</summary>
    public ulong HostWalk(int cpu, ulong address) => Walk(_hostRoots[cpu], address).Output.Value;

    /// <summary>From the hypervisor's first byte.</summary>
    public static ulong GuardPage(int cpu) => (ulong)(cpu + 1) * 4 * PagePool.PageSize;

    private HostPhys TakeRoot()
    {
        Life.Check(_pool.TryTake(default(FakeOps), out HostPhys root), "no page for a root");
        Machine.AddRoot(root.Value);
        return root;
    }

    private void Run(int cpu)
    {
        ref VcpuCore vcpu = ref Vcpus[cpu];
        Life.Trace("comes out of reset");
        if (vcpu.Guest < 0)
            VcpuLoop<SimulatedArch>.Park(ref vcpu);
        GuestLife<SimulatedArch>.Run(ref vcpu);
    }

    /// <summary>At a guest's end, when all its CPUs are out.</summary>
    protected void ResetControl(ref PartitionCore partition)
    {
        if (!partition.Entry.IsControl)
            return;
        Control.Reset();
        Life.Updater.LosesLine();
    }

    private void RunGuest(int cpu)
    {
        VcpuProgram program = Programs[cpu];
        program.Begin();
        while (true)
        {
            Scheduler.Current.ComesOut();
            Scheduler.Point();
            CarryOutRequest();
            while (HasInterrupt(cpu))
                TakeInterrupt(cpu);
            BeforeEntry(cpu);
            program.Step();
        }
    }

    private void CarryOutRequest()
    {
        if (Life.TryTakeRequest(out int guest, out GuestRequest request))
            GuestLife<SimulatedArch>.Request(guest, request);
    }

    // A board's statics begin with zeroes.
    private void ForgetStatics()
    {
        *s_table = default;
        ApplianceTables.Use(ref *s_table);
        foreach (Type type in new[] { typeof(BoardConsole<SimulatedArch>), typeof(BoardUpdates<SimulatedArch>), typeof(BoardFlash<SimulatedArch>), typeof(BoardUpdateService<SimulatedArch>) })
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Static))
            {
                if (!field.IsLiteral)
                    field.SetValue(null, Activator.CreateInstance(field.FieldType));
            }
        }
    }

    protected static ref ApplianceTable OwnTable => ref *s_table;
}
