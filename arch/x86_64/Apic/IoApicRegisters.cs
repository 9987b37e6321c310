using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;

namespace Bulkhead.X86.Apic;

/// <summary>
/// A guest's I/O APIC at work: its register window, its pins, and ended interrupts. `apic` is the local APIC of the
/// calling CPU's vCPU; a CPU that runs none of this guest uses <see cref="SetLineFromOutside"/>.
/// </summary>
public static class IoApicRegisters<THardware> where THardware : struct, IApicHardware
{
    // 82093AA 3.1: two windows, and EOI behind them.
    private const uint Select = 0x00;
    private const uint Window = 0x10;
    private const uint Eoi = 0x40;

    // 82093AA 3.2
    private const uint IdRegister = 0;
    private const uint VersionRegister = 1;
    private const uint FirstEntry = 0x10;

    private const uint Nobody = VirtualApics.MaxVcpus;

    /// <summary>A load from the page; what is no register reads as zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ref VirtualIoApic io, uint offset, AccessSize size)
    {
        if (size != AccessSize.Word)
            return 0;
        uint select = Volatile.Read(ref io.Select);
        if (offset == Window)
            return ReadRegister(ref io, select);
        return offset == Select ? select : 0;
    }

    // Each half of an entry is one word and read as such; halves are the guest's to keep together.
    private static uint ReadRegister(ref VirtualIoApic io, uint register)
    {
        uint pin = register - FirstEntry >> 1;
        if (pin < io.PinCount)
        {
            if ((register & 1) != 0)
                return Volatile.Read(ref io.High.At(pin));
            return Volatile.Read(ref io.Low.At(pin)) | (Volatile.Read(ref io.RemoteIrr) >> (int)pin & 1) << 14;
        }
        return register == VersionRegister ? io.Version : register == IdRegister ? Volatile.Read(ref io.Id) : 0;
    }

    /// <summary>A store to the page; what is no register ignores it.</summary>
    public static void Write(ref VirtualApics apics, ref VirtualLocalApic apic, uint offset, AccessSize size, uint value)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        if (offset == Select)
        {
            // 82093AA 3.1.1: bits 7:0, which a byte's store reaches too.
            Volatile.Write(ref io.Select, value & 0xff);
            return;
        }
        if (size != AccessSize.Word)
            return;
        if (offset == Window)
            WriteRegister(ref apics, apic.Index, Volatile.Read(ref io.Select), value);
        else if (offset == Eoi)
            End(ref apics, ref apic, value & 0xff);
    }

    // The arbitration register, 2, reads as zero: there is no APIC bus.
    private static void WriteRegister(ref VirtualApics apics, uint self, uint register, uint value)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        uint pin = register - FirstEntry >> 1;
        if (pin >= io.PinCount)
        {
            if (register == IdRegister)
                Volatile.Write(ref io.Id, value & 0x0f00_0000);
            return;
        }
        SpinLock.Guard held = io.Lock.Enter();
        if ((register & 1) != 0)
        {
            Volatile.Write(ref io.High.At(pin), value & IoApicEntry.WritableHigh);
        }
        else
        {
            Volatile.Write(ref io.Low.At(pin), value & IoApicEntry.Writable);
            // Edge-triggered ones have no remote IRR: to write the entry so is how it is cleared without an EOI.
            if ((value & IoApicEntry.Level) == 0)
                io.RemoteIrr &= ~(1u << (int)pin);
            DeliverLevels(ref apics, held, self, 1u << (int)pin);
        }
        io.Lock.Exit(held);
    }

    /// <summary>A device's line changed, on the CPU of one of the guest's vCPUs.</summary>
    public static void SetLine(ref VirtualApics apics, ref VirtualLocalApic apic, uint pin, bool asserted) =>
        SetLine(ref apics, apic.Index, pin, asserted);

    /// <summary>A device's line changed, on a CPU that runs none of the guest's vCPUs.</summary>
    public static void SetLineFromOutside(ref VirtualApics apics, uint pin, bool asserted) =>
        SetLine(ref apics, Nobody, pin, asserted);

    private static void SetLine(ref VirtualApics apics, uint self, uint pin, bool asserted)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        uint bit = 1u << (int)pin;
        SpinLock.Guard held = io.Lock.Enter();
        uint before = io.Lines;
        io.Lines = asserted ? before | bit : before & ~bit;
        if (asserted && pin < io.PinCount)
        {
            uint low = io.Low.At(pin);
            if ((low & IoApicEntry.Level) != 0)
                DeliverLevels(ref apics, held, self, bit);
            else if ((low & IoApicEntry.Masked) == 0 && (before & bit) == 0)
                Deliver(ref apics, held, self, pin);
        }
        io.Lock.Exit(held);
    }

    /// <summary>
    /// A level-triggered interrupt was ended in a local APIC, or by the EOI register: every pin with the vector may
    /// interrupt again, and does while its line is asserted.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void End(ref VirtualApics apics, ref VirtualLocalApic apic, uint vector)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        SpinLock.Guard held = io.Lock.Enter();
        uint ended = 0;
        for (uint rest = io.RemoteIrr; rest != 0; rest &= rest - 1)
        {
            if ((io.Low.At((uint)BitOperations.TrailingZeroCount(rest)) & IoApicEntry.Vector) == vector)
                ended |= rest & (0 - rest);
        }
        io.RemoteIrr &= ~ended;
        // A board's line is asserted for its guest until the guest has ended it; the board says whether it still is.
        io.Lines &= ~(ended & io.Physical);
        DeliverLevels(ref apics, held, apic.Index, ended);
        ended &= io.Physical;
        io.Lock.Exit(held);
        for (; ended != 0; ended &= ended - 1)
            THardware.EndPhysical(io.PhysicalGsi.At((uint)BitOperations.TrailingZeroCount(ended)));
    }

    // Of the given pins those that are level-triggered, asserted, not masked and not delivered yet.
    private static void DeliverLevels(ref VirtualApics apics, SpinLock.Guard held, uint self, uint pins)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        for (uint rest = pins & io.Lines & ~io.RemoteIrr; rest != 0; rest &= rest - 1)
        {
            uint pin = (uint)BitOperations.TrailingZeroCount(rest);
            if ((io.Low.At(pin) & (IoApicEntry.Masked | IoApicEntry.Level)) == IoApicEntry.Level)
                Deliver(ref apics, held, self, pin);
        }
    }

    private static void Deliver(ref VirtualApics apics, SpinLock.Guard held, uint self, uint pin)
    {
        ref VirtualIoApic io = ref apics.IoApic;
        uint low = io.Low.At(pin);
        uint destination = io.High.At(pin) >> 24;
        bool level = (low & IoApicEntry.Level) != 0;
        uint targets = (low & IoApicEntry.Logical) != 0
            ? Destination.Logical(ref apics, destination)
            : Destination.Physical(ref apics, destination == 0xff ? Destination.Everybody : destination);
        DeliveryMode mode = (DeliveryMode)(low >> IoApicEntry.DeliveryModeShift & 7);
        if (mode is not (DeliveryMode.Fixed or DeliveryMode.LowestPriority))
        {
            Signal(ref apics, targets, mode);
            return;
        }
        if (mode == DeliveryMode.LowestPriority)
            targets &= 0 - targets;
        if (level && targets != 0)
            io.RemoteIrr |= 1u << (int)pin;
        for (; targets != 0; targets &= targets - 1)
            Deliver(ref apics, self, (uint)BitOperations.TrailingZeroCount(targets), low & IoApicEntry.Vector, level);
    }

    private static void Deliver(ref VirtualApics apics, uint self, uint target, uint vector, bool level)
    {
        ref VirtualLocalApic apic = ref apics.Local.At(target);
        if (target == self)
        {
            if (level)
                apic.RaiseLevel(vector);
            else
                apic.Raise(vector);
        }
        else if (level ? apic.Inbox.PostLevel(vector) : apic.Inbox.Post(vector))
        {
            THardware.Kick(apic.PhysicalCpu);
        }
    }

    // NMI; INIT, SMI and ExtINT from a device are not for this platform.
    private static void Signal(ref VirtualApics apics, uint targets, DeliveryMode mode)
    {
        if (mode != DeliveryMode.Nmi)
            return;
        for (; targets != 0; targets &= targets - 1)
        {
            ref VirtualLocalApic apic = ref apics.Local.At((uint)BitOperations.TrailingZeroCount(targets));
            if (apic.Inbox.PostNmi())
                THardware.Kick(apic.PhysicalCpu);
        }
    }
}
