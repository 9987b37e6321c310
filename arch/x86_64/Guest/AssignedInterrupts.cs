using System.Threading;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Firmware;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>
/// The board's interrupts that guests have with their devices. An input of the board's I/O APIC interrupts the CPU of
/// its guest's vCPU 0; from there the guest's virtual I/O APIC says who gets it. A level stays masked at the board from
/// its arrival until the guest has ended it.
/// </summary>
internal static class AssignedInterrupts
{
    /// <summary>By the boot CPU: every input to its guest, masked until that begins.</summary>
    public static void Route(ref Partition partition)
    {
        uint apicId = (uint)ApplianceTables.Board.CpuId[(int)partition.Core.CpuOf(0)];
        for (int i = 0; i < (int)partition.Core.Entry.InterruptCount; i++)
        {
            GuestInterrupt interrupt = partition.Core.Entry.Interrupt[i];
            uint gsi = interrupt.PhysicalIntId;
            if (gsi >= IoApic.Inputs || gsi >= HostVector.GsiCount)
                HypervisorLog.RefuseFact("an assigned interrupt"u8, gsi, "the I/O APIC has so many inputs"u8, IoApic.Inputs);
            AcpiOverride signal = AcpiOverride.Of(gsi, interrupt.Edge == 0, interrupt.ActiveLow != 0);
            // Where ACPI is silent an ISA interrupt is an edge (5.2.12.5), and others are the board file's to know.
            AcpiOverride said = BoardFirmware.Acpi.SignalOf(gsi);
            if (said.Gsi == gsi && said.Flags != 0 && (said.IsLevel != signal.IsLevel || said.IsActiveLow != signal.IsActiveLow))
                HypervisorLog.RefuseFact("signalling of an assigned interrupt, by ACPI's flags"u8, signal.Flags, "firmware says"u8, said.Flags);
            IoApic.Route(gsi, signal, apicId, true);
            partition.Apics.IoApic.Assign(interrupt.VirtualIntId, gsi);
        }
    }

    /// <summary>The guest begins. What its devices asked for before was nobody's.</summary>
    public static void Open(ref Partition partition)
    {
        SpinLock.Guard held = partition.Apics.IoApic.Lock.Enter();
        partition.Apics.IoApic.Lines &= ~partition.Apics.IoApic.Physical;
        partition.Apics.IoApic.Lock.Exit(held);
        SetMasks(ref partition, false);
    }

    /// <summary>The guest has ended.</summary>
    public static void Close(ref Partition partition) => SetMasks(ref partition, true);

    /// <summary>On the CPU of its guest's vCPU 0, or of nobody's. Ends it at the local APIC, a level behind its mask.</summary>
    public static void Take(ref Vcpu vcpu, uint gsi)
    {
        int index = vcpu.Core.Guest < 0 ? -1 : Find(in vcpu.Partition.Core.Entry, gsi);
        if (index < 0)
        {
            LocalApic.EndOfInterrupt();
            return;
        }
        ref Partition partition = ref vcpu.Partition;
        GuestInterrupt interrupt = partition.Core.Entry.Interrupt[index];
        bool isOver = Volatile.Read(ref partition.Core.State) == (int)GuestState.Stopped;
        if (interrupt.Edge == 0 || isOver)
            IoApic.SetMask(gsi, true);
        LocalApic.EndOfInterrupt();
        if (isOver)
            return;
        IoApicRegisters<ApicHardware>.SetLine(ref partition.Apics, ref vcpu.Apic, interrupt.VirtualIntId, true);
        if (interrupt.Edge != 0)
            IoApicRegisters<ApicHardware>.SetLine(ref partition.Apics, ref vcpu.Apic, interrupt.VirtualIntId, false);
    }

    /// <summary>The guest has ended a level: it may come again, and does at once if the device still asks.</summary>
    public static void End(uint gsi) => IoApic.SetMask(gsi, false);

    private static void SetMasks(ref Partition partition, bool isMasked)
    {
        for (int i = 0; i < (int)partition.Core.Entry.InterruptCount; i++)
            IoApic.SetMask(partition.Core.Entry.Interrupt[i].PhysicalIntId, isMasked);
    }

    private static int Find(in GuestEntry guest, uint gsi)
    {
        for (int i = 0; i < (int)guest.InterruptCount; i++)
        {
            if (guest.Interrupt[i].PhysicalIntId == gsi)
                return i;
        }
        return -1;
    }
}
