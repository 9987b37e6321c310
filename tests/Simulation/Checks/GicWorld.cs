using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>A virtual GIC and the CPUs of its vCPUs, without a board.</summary>
internal abstract class GicWorld : RaceWorld, IGicBoard
{
    protected const int Cpus = 3;
    private const int Registers = 3;
    private const uint Control = 0, EnableGroup1 = 2;

    private readonly bool[] _kicked = new bool[Cpus];
    private readonly PhysicalInterrupt _nothing = new();
    private int _cpu;

    protected GicWorld(Life life, string name) : base(life, name)
    {
        SimulatedGic.Board = this;
        for (int cpu = 0; cpu < Cpus; cpu++)
            Lists[cpu] = new ListRegisters(Registers, _ => { });
        Gic.Initialize(Cpus, Registers);
        for (_cpu = 0; _cpu < Cpus; _cpu++)
        {
            Gic.Vcpu(_cpu).PhysicalCpu = _cpu;
            Lifecycle<SimulatedGic>.ResetCpu(ref Gic, _cpu);
        }
        _cpu = 0;
        Write(Control, EnableGroup1);
    }

    protected VirtualGic Gic;

    protected ListRegisters[] Lists { get; } = new ListRegisters[Cpus];

    public int Cpu => Scheduler.HasCurrent ? Scheduler.Current.Cpu : _cpu;

    /// <summary>To the distributor.</summary>
    protected void Write(uint register, uint value) => DistributorRegisters<SimulatedGic>.Write(ref Gic, Cpu, register, AccessSize.Word, value);

    /// <summary>What waits for a CPU: a kick, a maintenance interrupt.</summary>
    protected bool Answer(int cpu)
    {
        bool any = _kicked[cpu];
        _kicked[cpu] = false;
        if (any)
            Inboxes<SimulatedGic>.Drain(ref Gic, cpu);
        if (!Lists[cpu].Maintenance)
            return any;
        Delivery<SimulatedGic>.OnMaintenance(ref Gic, cpu);
        return true;
    }

    /// <summary>When all CPUs have left: until nobody asks anything of anybody.</summary>
    protected void Quieten()
    {
        for (bool any = true; any;)
        {
            any = false;
            for (_cpu = 0; _cpu < Cpus; _cpu++)
                any |= Answer(_cpu);
        }
        _cpu = 0;
    }

    public ListRegisters ListsOf(int cpu) => Lists[cpu];

    public PhysicalInterrupt Own(int cpu, uint intid) => _nothing;

    public void Routed(int cpu, int target)
    {
    }

    public void Kick(int cpu)
    {
        Scheduler.Point();
        _kicked[cpu] = true;
    }

    public virtual void Listed(int cpu, int index, ListRegister value)
    {
    }
}
