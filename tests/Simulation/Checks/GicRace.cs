using System;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Three vCPUs send one shared interrupt to and fro while it is raised, taken and ended: it is in one list register at a
/// time, and at last with the vCPU that it is routed to.
/// </summary>
internal sealed class GicRace : IWorld
{
    private const int Rounds = 5, Cpus = 3, Registers = 3;
    private const uint Intid = 33, Bank = Intid / 32, Bit = 1u << (int)(Intid % 32);
    private const uint Group = 0x80, SetEnable = 0x100, SetPending = 0x200, Router = 0x6000;

    private static GicRace s_here = null!;

    private readonly Life _life;
    private readonly ListRegisters[] _lists = new ListRegisters[Cpus];
    private readonly bool[] _kicked = new bool[Cpus];
    private VirtualGic _gic;
    private int _cpu, _busy = Cpus, _inside = Cpus;

    private GicRace(Life life)
    {
        _life = life;
        for (int cpu = 0; cpu < Cpus; cpu++)
            _lists[cpu] = new ListRegisters(Registers, _ => { });
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
        {
            s_here = new GicRace(life);
            s_here.Race();
        }
    }

    private int Cpu => Scheduler.HasCurrent ? Scheduler.Current.Cpu : _cpu;

    private void Race()
    {
        _gic.Initialize(Cpus, 3);
        for (_cpu = 0; _cpu < Cpus; _cpu++)
        {
            _gic.Vcpu(_cpu).PhysicalCpu = _cpu;
            Lifecycle<Hardware>.ResetCpu(ref _gic, _cpu);
        }
        _cpu = 0;
        Write(Group + Bank * 4, Bit);
        Write(0, 2);
        Write(SetEnable + Bank * 4, Bit);
        Scheduler.Run(this, _life.Dice, Cpus, _life.Dice.Of(1, 2, 4, 16), cpu =>
        {
            for (int other = 1; other < Cpus; other++)
                Scheduler.Start(other);
            for (int acts = _life.Dice.Between(4, 16); acts != 0; acts--)
                Act(cpu);
            // Who is asked by another answers until nobody asks any more; then all leave together, in the middle of nothing.
            for (_busy--; _busy != 0; Scheduler.Spin())
                Answer(cpu);
            for (_inside--; _inside != 0;)
                Scheduler.Spin();
        });
        if (_life.Violation is null)
            Settle();
    }

    private void Act(int cpu)
    {
        switch (_life.Dice.Next(6))
        {
            case 0:
                Write(SetPending + Bank * 4, Bit);
                break;
            case 1 or 2:
                DistributorRegisters<Hardware>.Write(ref _gic, cpu, Router + Intid * 8, AccessSize.DoubleWord, (ulong)_life.Dice.Next(Cpus));
                break;
            case 3 when cpu == 0:
                // Its device is one.
                Delivery<Hardware>.SetLine(ref _gic, cpu, Intid, _life.Dice.OneIn(2));
                break;
            case 4 when _lists[cpu].Best >= 0:
                _lists[cpu].Acknowledge();
                break;
            case 5 when Array.Exists(_lists[cpu].Values, one => one.IsActive):
                _lists[cpu].End(Intid);
                break;
        }
        Answer(cpu);
        Scheduler.Point();
    }

    private bool Answer(int cpu)
    {
        bool any = _kicked[cpu];
        _kicked[cpu] = false;
        if (any)
            Delivery<Hardware>.Drain(ref _gic, cpu);
        if (!_lists[cpu].Maintenance)
            return any;
        Delivery<Hardware>.OnMaintenance(ref _gic, cpu);
        return true;
    }

    private void Settle()
    {
        for (bool any = true; any;)
        {
            any = false;
            for (_cpu = 0; _cpu < Cpus; _cpu++)
                any |= Answer(_cpu);
        }
        int routes = 0;
        for (int vcpu = 0; vcpu < Cpus; vcpu++)
            routes += (_gic.Bank(0, Bank).Routed.At(vcpu) & Bit) != 0 ? 1 : 0;
        if (routes != 1)
            _life.Fail($"an interrupt that is sent to and fro is routed to {routes} vCPUs");
        bool isListed = false;
        foreach (ListRegisters lists in _lists)
            isListed |= Array.Exists(lists.Values, one => !one.IsInvalid);
        if (_gic.Bank(0, Bank).Raised != 0 && !isListed)
            _life.Fail($"an interrupt that is raised is with nobody; it is routed to vCPU {_gic.RouteOf(Intid)}");
    }

    private void Write(uint register, uint value) => DistributorRegisters<Hardware>.Write(ref _gic, Cpu, register, AccessSize.Word, value);

    private void Put(int index, ListRegister value)
    {
        _lists[Cpu].Values[index] = value;
        int holders = 0;
        foreach (ListRegisters lists in _lists)
        {
            foreach (ListRegister one in lists.Values)
                holders += one.IsInvalid ? 0 : 1;
        }
        if (holders > 1)
            _life.Fail("an interrupt that is sent to and fro is in two list registers");
    }

    public void AfterStep(Fiber here)
    {
        if (here.Inside > Life.LongestRace)
            _life.Fail($"a race does not end; CPU {here.Cpu}");
    }

    public bool MayWake(Fiber fiber) => false;

    public bool OnAllWaiting() => false;

    public void OnCrash(Fiber here, Exception error) => _life.Fail($"a race for an interrupt: {error}");

    /// <summary>The race's own CPUs.</summary>
    private readonly struct Hardware : IGicCpuInterface
    {
        private static ListRegisters Mine => s_here._lists[s_here.Cpu];

        public static int ListRegisterCount => Registers;
        public static ListRegister ReadListRegister(int index) => Mine.Values[index];
        public static void WriteListRegister(int index, ListRegister value) => s_here.Put(index, value);
        public static void WriteListRegister0(ListRegister value) => WriteListRegister(0, value);
        public static ulong ReadHcr() => Mine.Hcr | (ulong)Mine.EoiCount << 27;

        public static void WriteHcr(ulong value)
        {
            Mine.Hcr = value & 0x7ff_ffff;
            Mine.EoiCount = HypControl.EoiCount(value);
        }

        public static uint ReadElrsr() => Mine.Elrsr;
        public static uint ReadEisr() => Mine.Eisr;
        public static uint AcknowledgePhysical() => ListRegisters.Spurious;
        public static void DropPriority(uint intid) { }
        public static void DeactivatePhysical(uint intid) { }
        public static void Relax() => Scheduler.Spin();
        public static void SetPhysicalEnable(uint intid, bool enable) { }
        public static void SetPhysicalPending(uint intid, bool pending) { }
        public static void SetPhysicalActive(uint intid, bool active) { }
        public static void SetPhysicalEdge(uint intid, bool edge) { }
        public static void SetPhysicalRoute(uint intid, int physicalCpu) { }
        public static bool ReadPhysicalPending(uint intid) => false;

        public static void SendKick(int physicalCpu)
        {
            Scheduler.Point();
            s_here._kicked[physicalCpu] = true;
        }
    }
}
