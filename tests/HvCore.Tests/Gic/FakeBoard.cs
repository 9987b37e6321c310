using System;
using System.Collections.Generic;
using System.Threading;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Xunit;

namespace Bulkhead.Tests.Gic;

/// <summary>CPUs, physical interrupts and one guest whose vCPU n is pinned to CPU n.</summary>
internal sealed class FakeBoard
{
    public readonly FakeCpu[] Cpus;
    public readonly GicBox Gic = new();

    /// <summary>Clear while each CPU has a thread of its own.</summary>
    public bool OneThread = true;

    /// <summary>How often a CPU waited at EL2.</summary>
    public int Waits;

    private readonly Dictionary<uint, PhysicalInterrupt> _spis = [];

    public FakeBoard(int cpus, int listRegisters, uint banks = 3)
    {
        FakeHardware.Board = this;
        Cpus = new FakeCpu[cpus];
        Gic.State.Initialize(cpus, banks);
        Gic.State.IsTraced = true;
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            Cpus[cpu] = new FakeCpu(this, cpu, listRegisters);
            Gic.State.Vcpu(cpu).PhysicalCpu = cpu;
        }
    }

    public void Start()
    {
        for (int cpu = 0; cpu < Cpus.Length; cpu++)
        {
            int self = cpu;
            OnCpu(cpu, gic => Lifecycle<FakeHardware>.ResetCpu(ref gic.State, self));
        }
    }

    /// <summary>An ordinary guest's set-up: everything enabled in group 1 at 0xA0, SPIs to vCPU 0.</summary>
    public void StartWithEverythingOn()
    {
        Start();
        for (uint bank = 1; bank < 3; bank++)
        {
            WriteGicd(0, 0x80 + bank * 4, ~0u);
            WriteGicd(0, 0x100 + bank * 4, ~0u);
            for (uint i = 0; i < 32; i += 4)
                WriteGicd(0, 0x400 + bank * 32 + i, 0xa0a0a0a0);
        }
        for (int cpu = 0; cpu < Cpus.Length; cpu++)
        {
            WriteGicr(cpu, cpu, 0x1_0080, ~0u);
            WriteGicr(cpu, cpu, 0x1_0100, ~0u);
            for (uint i = 0; i < 32; i += 4)
                WriteGicr(cpu, cpu, 0x1_0400 + i, 0xa0a0a0a0);
        }
        WriteGicd(0, 0, 2);
        Settle();
    }

    public PhysicalInterrupt Physical(int cpu, uint intid)
    {
        if (intid == InterruptId.VirtualTimer)
            return Cpus[cpu].Timer;
        if (!_spis.TryGetValue(intid, out PhysicalInterrupt? found))
            _spis.Add(intid, found = new PhysicalInterrupt());
        return found;
    }

    /// <summary>The CPU this thread stands for.</summary>
    public int Current
    {
        get => FakeHardware.Current;
        private set => FakeHardware.Current = value;
    }

    public void OnCpu(int cpu, Action<GicBox> work)
    {
        int before = Current;
        Current = cpu;
        work(Gic);
        Current = before;
    }

    public ulong Gicd(int cpu, uint offset, AccessSize size = AccessSize.Word)
    {
        ulong value = 0;
        OnCpu(cpu, gic => value = DistributorRegisters<FakeHardware>.Read(ref gic.State, cpu, offset, size));
        return value;
    }

    public void WriteGicd(int cpu, uint offset, ulong value, AccessSize size = AccessSize.Word) =>
        OnCpu(cpu, gic => DistributorRegisters<FakeHardware>.Write(ref gic.State, cpu, offset, size, value));

    public ulong Gicr(int cpu, int frame, uint offset, AccessSize size = AccessSize.Word)
    {
        ulong value = 0;
        uint full = ((uint)frame << 17) + offset;
        OnCpu(cpu, gic => value = RedistributorRegisters<FakeHardware>.Read(ref gic.State, cpu, full, size));
        return value;
    }

    public void WriteGicr(int cpu, int frame, uint offset, ulong value, AccessSize size = AccessSize.Word)
    {
        uint full = ((uint)frame << 17) + offset;
        OnCpu(cpu, gic => RedistributorRegisters<FakeHardware>.Write(ref gic.State, cpu, full, size, value));
    }

    public void SendSgi(int cpu, uint intid, uint targets) =>
        OnCpu(cpu, gic => SoftwareGeneratedInterrupt<FakeHardware>.Write(ref gic.State, cpu, (intid << 24) | targets));

    public void SetLine(int cpu, uint intid, bool level) =>
        OnCpu(cpu, gic => Delivery<FakeHardware>.SetLine(ref gic.State, cpu, intid, level));

    /// <summary>The exits that wait on a CPU; true if there were any.</summary>
    public bool TakeExits(int cpu)
    {
        FakeCpu its = Cpus[cpu];
        bool any = false;
        if (Interlocked.Exchange(ref its.Kicked, false))
        {
            OnCpu(cpu, gic => Inboxes<FakeHardware>.Drain(ref gic.State, cpu));
            any = true;
        }
        if (its.Maintenance)
        {
            OnCpu(cpu, gic => Delivery<FakeHardware>.OnMaintenance(ref gic.State, cpu));
            any = true;
        }
        if (its.Timer is { Enabled: true, Active: false } timer && (its.TimerLine || timer.Pending))
        {
            timer.Pending = false;
            timer.Active = true;
            OnCpu(cpu, gic => Delivery<FakeHardware>.OnVirtualTimer(ref gic.State, cpu));
            any = true;
        }
        foreach ((uint intid, PhysicalInterrupt spi) in _spis)
        {
            if (spi is not { Enabled: true, Pending: true, Active: false } || spi.Route != cpu)
                continue;
            spi.Pending = false;
            spi.Active = true;
            OnCpu(cpu, gic => Delivery<FakeHardware>.OnPhysicalSpi(ref gic.State, cpu, gic.State.FindVirtual(intid)));
            return true;
        }
        return any;
    }

    /// <summary>All exits, until nothing moves any more; a storm of them is a failure.</summary>
    public void Settle()
    {
        for (int round = 0; round < 100; round++)
        {
            bool any = false;
            for (int cpu = 0; cpu < Cpus.Length; cpu++)
                any |= TakeExits(cpu);
            if (!any)
                return;
        }
        Assert.Fail("exits without end");
    }

    /// <summary>While one CPU waits at EL2, the others go on.</summary>
    public void AnswerOthers()
    {
        Waits++;
        for (int cpu = 0; cpu < Cpus.Length; cpu++)
        {
            if (cpu != Current && Cpus[cpu].Kicked)
                TakeExits(cpu);
        }
    }
}
