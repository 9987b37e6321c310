using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Arm64.Gic;

namespace Bulkhead.Simulation.Hardware;

/// <summary>One CPU's list registers and the guest's CPU interface over them, as IHI 0069 describes the hardware.</summary>
/// <param name="count">How many.</param>
/// <param name="deactivate">The guest has ended an interrupt that is backed by this physical one.</param>
internal sealed class ListRegisters(int count, Action<uint> deactivate)
{
    public const uint Spurious = 1023;

    public readonly ListRegister[] Values = new ListRegister[count];
    private readonly List<uint> _activePriorities = [];
    public ulong Hcr;
    public uint EoiCount;

    public uint Elrsr => Where(false);
    public uint Eisr => Where(true);

    /// <summary>The level of the maintenance interrupt.</summary>
    public bool Maintenance
    {
        get
        {
            if ((Hcr & HypControl.En) == 0)
                return false;
            if (Eisr != 0 || (Hcr & HypControl.Lrenpie) != 0 && EoiCount != 0)
                return true;
            if ((Hcr & HypControl.Npie) == 0)
                return false;
            foreach (ListRegister value in Values)
            {
                if (value.IsOnlyPending)
                    return false;
            }
            return true;
        }
    }

    /// <summary>The register whose interrupt the guest would take now; -1 for none.</summary>
    public int Best
    {
        get
        {
            int best = -1;
            for (int i = 0; i < Values.Length; i++)
            {
                if (Values[i].IsOnlyPending && (best < 0 || Values[i].Priority < Values[best].Priority))
                    best = i;
            }
            return best >= 0 && (Hcr & HypControl.En) != 0 && Values[best].Priority < RunningPriority ? best : -1;
        }
    }

    private uint RunningPriority => _activePriorities.Count == 0 ? 0x100 : _activePriorities.Min();

    /// <summary>A reset of the guest's CPU interface.</summary>
    public void ForgetPriorities() => _activePriorities.Clear();

    /// <summary>ICV_IAR.</summary>
    public uint Acknowledge()
    {
        int best = Best;
        if (best < 0)
            return Spurious;
        ListRegister taken = Values[best];
        Values[best] = taken.Without(ListRegister.Pending).With(ListRegister.Active);
        _activePriorities.Add(taken.Priority);
        return taken.VirtualId;
    }

    /// <summary>ICV_EOIR with EOImode 0.</summary>
    public void End(uint intid)
    {
        if (_activePriorities.Count != 0)
            _activePriorities.Remove(RunningPriority);
        for (int i = 0; i < Values.Length; i++)
        {
            if (!Values[i].IsActive || Values[i].VirtualId != intid)
                continue;
            if (Values[i].IsHw)
                deactivate(Values[i].PhysicalId);
            Values[i] = Values[i].Without(ListRegister.Active);
            return;
        }
        EoiCount++;
    }

    private uint Where(bool wantsEoi)
    {
        uint bits = 0;
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i].IsInvalid && Values[i].HasEoi == wantsEoi)
                bits |= 1u << i;
        }
        return bits;
    }
}
