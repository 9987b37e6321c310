namespace Bulkhead.Arm64.Gic;

/// <summary>List register 0, which is the virtual timer's alone: tied to the physical interrupt (HW = 1), and free whenever that can fire.</summary>
public static class TimerRegister<THardware> where THardware : struct, IGicCpuInterface
{
    public const uint Bit = 1u << (int)InterruptId.VirtualTimer;

    /// <summary>Brings list register 0, its template and the physical timer's enable in line with the books.</summary>
    public static void Update(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        ref InterruptBank bank = ref mine.Private;
        bool enabled = (bank.Enabled & Bit) != 0;
        bool ready = enabled && !mine.Interface.TimerHeld
            && (gic.Distributor.Forwarded(bank.Group) & ~bank.Active & Bit) != 0;
        ListRegister template = default;
        if (ready)
            template = bank.Compose(InterruptId.VirtualTimer).WithPhysical(InterruptId.VirtualTimer);
        ListRegister before = mine.Interface.TimerTemplate;
        mine.Interface.TimerTemplate = template;
        if (template.Value == before.Value)
            return;
        ListRegister timer = THardware.ReadListRegister(0);
        if (timer.IsOnlyPending)
        {
            THardware.WriteListRegister0(template);
            if (!ready)
                bank.Pending |= Bit;
        }
        if ((bank.Pending & Bit) != 0)
            mine.Interface.Backlog |= 1;
        THardware.SetPhysicalEnable(InterruptId.VirtualTimer, enabled);
    }

    /// <summary>What is asked to be no longer pending, or active, ends here and in the physical interrupt.</summary>
    public static void Apply(ref VirtualRedistributor mine, uint clearPending, uint clearActive)
    {
        if (((clearPending | clearActive) & Bit) == 0)
            return;
        ListRegister timer = THardware.ReadListRegister(0);
        bool ends = timer.IsActive ? (clearActive & Bit) != 0
            : timer.IsPending && (clearPending & Bit) != 0;
        if (ends)
        {
            THardware.WriteListRegister0(default);
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        }
    }

    /// <summary>The timer's interrupt, pending in memory, into its list register.</summary>
    public static void List(ref VirtualRedistributor mine)
    {
        if (mine.Interface.TimerTemplate.Value == 0 || (THardware.ReadElrsr() & 1) == 0)
            return;
        mine.Private.Pending &= ~Bit;
        THardware.WriteListRegister0(mine.Interface.TimerTemplate);
    }

    /// <summary>A timer interrupt pending in list register 0 keeps NPIE silent, so it must not stand there behind what waits.</summary>
    public static void Hold(ref VirtualGic gic, int self, uint waiting)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        bool hold = mine.Private.Priority.At(InterruptId.VirtualTimer) > waiting;
        if (hold == mine.Interface.TimerHeld)
            return;
        mine.Interface.TimerHeld = hold;
        Update(ref gic, self);
        if ((mine.Private.Pending & Bit) != 0)
            List(ref mine);
    }
}
