using System.Runtime;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// The preemption timer, on from the first entry with the guest's IF clear. Bochs 2.7 and 3.0 keep physical interrupts masked
/// after an entry in that state until the guest changes IF, so a loop with interrupts off would never exit; nor does an open
/// interrupt window end the HLT behind an STI there (it does by SDM 3 25.2). The timer does both, within its period: it
/// counts on from exit to exit, however often a guest that polls a device makes them. When it runs out it goes on only
/// while IF is still clear.
/// </summary>
internal static class VmxBackstop
{
    private const ulong RflagsIf = 1ul << 9;

    /// <summary>For a reset's first entry, which leads through no exit and has IF clear: a CLI; HLT there would never end.</summary>
    public static void Reset(ref Vcpu vcpu)
    {
        Refill();
        Start(ref vcpu);
    }

    [RuntimeExport("VmxStartBackstop")]
    private static void Start(ref Vcpu vcpu)
    {
        if (VmxControls.HasPreemptionTimer)
            Set(ref vcpu, vcpu.PinControls | PinControls.PreemptionTimer, VmxControls.ExitWithTimer);
    }

    /// <summary>It has run out: what was held back comes now.</summary>
    public static void Expire(ref Vcpu vcpu)
    {
        Refill();
        if ((Vmcs.Read(VmcsField.GuestRflags) & RflagsIf) != 0)
            Set(ref vcpu, vcpu.PinControls & ~PinControls.PreemptionTimer, VmxControls.Exit);
        for (uint vector = Instruction.TakeInterrupt(); vector != 0; vector = Instruction.TakeInterrupt())
            InterruptHandler.Handle(ref vcpu, vector);
    }

    private static void Refill() => Vmcs.Write(VmcsField.PreemptionTimer, VmxControls.PreemptionPeriod);

    private static void Set(ref Vcpu vcpu, PinControls pin, ExitControls exit)
    {
        vcpu.PinControls = pin;
        Vmcs.Write(VmcsField.PinControls, (uint)pin);
        Vmcs.Write(VmcsField.ExitControls, (uint)exit);
    }
}
