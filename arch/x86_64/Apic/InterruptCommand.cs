using System.Numerics;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Apic;

/// <summary>Interprocessor interrupts: writes of the ICR (SDM vol 3, 11.6.1, 11.12.9) and of SELF IPI.</summary>
public static class InterruptCommand<THardware> where THardware : struct, IApicHardware
{
    private const uint Mode = 7 << 8;
    private const uint Logical = 1 << 11;
    private const uint Assert = 1 << 14;
    private const uint Level = 1 << 15;
    private const uint Shorthand = 3 << 18;
    private const uint ToSelf = 1 << 18;
    private const uint ToAll = 2 << 18;

    /// <summary>Sends what <paramref name="command"/>, the ICR's lower half, says.</summary>
    /// <param name="apics">The guest's APICs.</param>
    /// <param name="apic">The sender's, on its own CPU.</param>
    /// <param name="command">ICR bits 31:0.</param>
    /// <param name="destination">ICR bits 63:32 of an x2APIC, bits 63:56 of an xAPIC.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Send(ref VirtualApics apics, ref VirtualLocalApic apic, uint command, uint destination)
    {
        uint vector = command & 0xff;
        // Fixed, physical, to one vCPU or oneself: what kernels send.
        if ((command & (Mode | Logical | ToAll)) == 0 && vector >= ApicRegister.FirstVector)
        {
            uint target = (command & ToSelf) != 0 ? apic.Index : destination;
            if (target < apics.VcpuCount)
            {
                Deliver(ref apics, ref apic, target, vector);
                return;
            }
        }
        SendSlowly(ref apics, ref apic, command, destination);
    }

    /// <summary>Whether an x2APIC's command is what kernels send all the time: fixed, edge-triggered, physical, to one other vCPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(ref VirtualApics apics, ref VirtualLocalApic apic, uint command, uint destination) =>
        (command & ~(Assert | 0xff)) == 0 && (byte)command >= ApicRegister.FirstVector && destination < apics.VcpuCount && destination != apic.Index;

    /// <summary>WRMSR of the ICR with a command that <see cref="IsPlain"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SendPlain(ref VirtualApics apics, ref VirtualLocalApic apic, uint command, uint destination)
    {
        apic.Page.At(ApicRegister.Icr) = command;
        apic.Page.At(ApicRegister.IcrHigh) = destination;
        ref VirtualLocalApic target = ref apics.Local.At(destination);
        uint request = target.Inbox.Leave((byte)command);
        if (target.Inbox.TryBeFirst(request))
            THardware.Kick(target.PhysicalCpu);
        else
            SendBehind(ref target, request);
    }

    private static void SendBehind(ref VirtualLocalApic target, uint request)
    {
        if (target.Inbox.Add(request))
            THardware.Kick(target.PhysicalCpu);
    }

    /// <summary>A fixed interrupt to one vCPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deliver(ref VirtualApics apics, ref VirtualLocalApic apic, uint target, uint vector)
    {
        if (target == apic.Index)
        {
            apic.Raise(vector);
            return;
        }
        ref VirtualLocalApic other = ref apics.Local.At(target);
        if (other.Inbox.Post(vector))
            THardware.Kick(other.PhysicalCpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendSlowly(ref VirtualApics apics, ref VirtualLocalApic apic, uint command, uint destination)
    {
        DeliveryMode mode = (DeliveryMode)(command >> 8 & 7);
        uint targets = Targets(ref apics, ref apic, command, destination);
        uint vector = command & 0xff;
        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority)
        {
            if (vector < ApicRegister.FirstVector)
            {
                apic.Report(ApicRegister.SendIllegalVector);
                return;
            }
            // Which of several is the lowest priority's is the model's choice (11.6.2.4): the first.
            if (mode == DeliveryMode.LowestPriority)
                targets &= 0 - targets;
            for (uint rest = targets; rest != 0; rest &= rest - 1)
                Deliver(ref apics, ref apic, (uint)BitOperations.TrailingZeroCount(rest), vector);
            return;
        }
        // INIT level de-assert synchronised arbitration ids once (11.6.1, level); now it is nothing.
        if (mode == DeliveryMode.Init && (command & (Level | Assert)) == Level)
            return;
        // To oneself by shorthand there is only fixed (table 11-3).
        if ((command & Shorthand) == ToSelf)
            return;
        for (uint rest = targets; rest != 0; rest &= rest - 1)
            Signal(ref apics.Local.At((uint)BitOperations.TrailingZeroCount(rest)), mode, vector);
    }

    // SMI and ExtINT: no vCPU has either.
    private static void Signal(ref VirtualLocalApic target, DeliveryMode mode, uint vector)
    {
        bool kick = mode switch
        {
            DeliveryMode.Nmi => target.Inbox.PostNmi(),
            DeliveryMode.Init => target.Inbox.PostInit(),
            DeliveryMode.StartUp => target.Inbox.PostStartUp(vector),
            _ => false,
        };
        // Its own CPU too: it leaves the guest again at once and takes its inbox.
        if (kick)
            THardware.Kick(target.PhysicalCpu);
    }

    private static uint Targets(ref VirtualApics apics, ref VirtualLocalApic apic, uint command, uint destination)
    {
        switch (command & Shorthand)
        {
            case ToSelf:
                return 1u << (int)apic.Index;
            case ToAll:
                return apics.All;
            case Shorthand:
                return apics.All & ~(1u << (int)apic.Index);
        }
        bool x2 = apic.IsX2Apic;
        if ((command & Logical) != 0)
            return x2 ? Destination.LogicalX2(ref apics, destination) : Destination.Logical(ref apics, destination);
        return Destination.Physical(ref apics, !x2 && destination == 0xff ? Destination.Everybody : destination);
    }
}
