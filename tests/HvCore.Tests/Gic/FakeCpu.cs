using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Arm64.Gic;

namespace Bulkhead.Tests.Gic;

/// <summary>One CPU's list registers and the guest's CPU interface over them, as IHI 0069 describes the hardware.</summary>
internal sealed class FakeCpu(FakeBoard board, int index, int listRegisters)
{
    public const uint Spurious = 1023;

    public readonly ListRegister[] ListRegisters = new ListRegister[listRegisters];
    public readonly List<uint> ActivePriorities = [];
    public readonly List<uint> Noted = [];
    public readonly PhysicalInterrupt Timer = new();
    public ulong Hcr;
    public uint EoiCount;
    public bool EoiMode;
    public uint PriorityMask = 0xff;
    public bool Kicked;
    public bool TimerLine;

    public int Index => index;

    public string ActiveIds => string.Join(' ', ListRegisters.Where(lr => lr.IsActive).Select(lr => lr.VirtualId));

    public uint RunningPriority => ActivePriorities.Count == 0 ? 0x100 : ActivePriorities.Min();

    public uint Elrsr => Where(lr => lr.IsInvalid && !lr.HasEoi);

    public uint Eisr => Where(lr => lr.IsInvalid && lr.HasEoi);

    public bool Maintenance =>
        (Hcr & HypControl.En) != 0
        && (Eisr != 0
            || ((Hcr & HypControl.Lrenpie) != 0 && EoiCount != 0)
            || ((Hcr & HypControl.Npie) != 0 && !ListRegisters.Any(lr => lr.IsOnlyPending)));

    /// <summary>ICV_IAR: the best pending one, if it preempts.</summary>
    public uint Acknowledge()
    {
        int best = -1;
        for (int i = 0; i < ListRegisters.Length; i++)
        {
            if (ListRegisters[i].IsOnlyPending && (best < 0 || ListRegisters[i].Priority < ListRegisters[best].Priority))
                best = i;
        }
        if (best < 0 || ListRegisters[best].Priority >= Math.Min(PriorityMask, RunningPriority))
            return Spurious;
        ListRegister taken = ListRegisters[best];
        ListRegisters[best] = taken.Without(ListRegister.Pending).With(ListRegister.Active);
        ActivePriorities.Add(taken.Priority);
        return taken.VirtualId;
    }

    /// <summary>ICV_EOIR.</summary>
    public void EndOfInterrupt(uint intid)
    {
        ActivePriorities.Remove(RunningPriority);
        if (!EoiMode)
            Deactivate(intid);
    }

    /// <summary>ICV_DIR, which ICH_HCR_EL2.TDIR traps.</summary>
    public void DeactivateInterrupt(uint intid)
    {
        if ((Hcr & HypControl.Tdir) != 0)
            board.OnCpu(index, gic => Delivery<FakeHardware>.OnDeactivate(ref gic.State, index, intid));
        else
            Deactivate(intid);
    }

    private void Deactivate(uint intid)
    {
        for (int i = 0; i < ListRegisters.Length; i++)
        {
            if (!ListRegisters[i].IsActive || ListRegisters[i].VirtualId != intid)
                continue;
            if (ListRegisters[i].IsHw)
                board.Physical(index, ListRegisters[i].PhysicalId).Active = false;
            ListRegisters[i] = ListRegisters[i].Without(ListRegister.Active);
            return;
        }
        EoiCount++;
    }

    private uint Where(Func<ListRegister, bool> test)
    {
        uint bits = 0;
        for (int i = 0; i < ListRegisters.Length; i++)
        {
            if (test(ListRegisters[i]))
                bits |= 1u << i;
        }
        return bits;
    }
}
