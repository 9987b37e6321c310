using System;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Devices;
using ControlMailbox = Bulkhead.Devices.ControlMailbox<Bulkhead.X86.Guest.X86, Bulkhead.Lifecycle.UpdateLines<Bulkhead.X86.Guest.X86>>;
using ControlUart = Bulkhead.Devices.ControlUart<
    Bulkhead.Devices.VirtualUart16550, Bulkhead.X86.Guest.ControlOutput, Bulkhead.X86.Guest.GuestLine, Bulkhead.Lifecycle.UpdateLines<Bulkhead.X86.Guest.X86>>;

namespace Bulkhead.X86.Guest;

/// <summary>A guest's virtual devices: the APICs' pages, and its UART on the board's console.</summary>
internal static class GuestDevices
{
    /// <summary>A load outside the guest's RAM. Where nothing is, a PC reads all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref Vcpu vcpu, GuestPhys address, uint bytes)
    {
        ref Partition partition = ref vcpu.Partition;
        ulong page = MmioBus.PageOf(address, out uint offset);
        if (partition.Mmio.IsLocalApic(page) && vcpu.Apic.HasPage)
        {
            VcpuState.LoadTaskPriority(ref vcpu);
            return LocalApicRegisters<ApicHardware>.ReadPage(ref vcpu.Apic, offset, (AccessSize)bytes);
        }
        if (partition.Mmio.IsIoApic(page))
            return IoApicRegisters<ApicHardware>.Read(ref partition.Apics.IoApic, offset, (AccessSize)bytes);
        return partition.Mmio.IsMailbox(page) ? ControlMailbox.Read(offset, (AccessSize)bytes) : ulong.MaxValue;
    }

    /// <summary>A store outside the guest's RAM; where nothing is, it is lost.</summary>
    public static void Write(ref Vcpu vcpu, GuestPhys address, uint bytes, ulong value)
    {
        ref Partition partition = ref vcpu.Partition;
        ulong page = MmioBus.PageOf(address, out uint offset);
        if (partition.Mmio.IsLocalApic(page) && vcpu.Apic.HasPage)
        {
            VcpuState.LoadTaskPriority(ref vcpu);
            ApicEffect effect = LocalApicRegisters<ApicHardware>.WritePage(ref partition.Apics, ref vcpu.Apic, offset, (AccessSize)bytes, (uint)value);
            VcpuState.StoreTaskPriority(ref vcpu);
            if (effect != ApicEffect.None)
                GuestInterrupts.Carry(ref vcpu, effect);
        }
        else if (partition.Mmio.IsIoApic(page))
        {
            IoApicRegisters<ApicHardware>.Write(ref partition.Apics, ref vcpu.Apic, offset, (AccessSize)bytes, (uint)value);
        }
        else if (partition.Mmio.IsMailbox(page))
        {
            ControlMailbox.Write(offset, (AccessSize)bytes, (uint)value);
        }
    }

    /// <summary>At the guest's end, when all its CPUs are out.</summary>
    public static void ResetGuest(ref Partition partition)
    {
        GuestLine line = new(partition.Core.Index, -1);
        partition.Uart.Reset<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole.Console, ref line);
        if (partition.Core.Entry.IsControl)
            ControlUart.Reset(ref line);
        partition.Apics.Reset(partition.Core.Entry.X86.LocalApic.Value);
    }

    /// <summary>The console write hypercall.</summary>
    public static int WriteBuffer(ref VcpuCore vcpu, ReadOnlySpan<byte> text)
    {
        int taken = BoardConsole.Console.Write(vcpu.Guest, text);
        if (BoardConsole.Console.IsHolding)
            Deadlines.ArmConsole(ref vcpu);
        return taken;
    }

    public static void UartReceived(int guest, ref VcpuCore here)
    {
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Partitions.Of(guest).Uart.Received<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole.Console, ref line);
    }

    public static void UartSpaceReturned(int guest, ref VcpuCore here)
    {
        GuestLine line = new(guest, here.RunningIndexIn(guest));
        Partitions.Of(guest).Uart.SpaceReturned<ConsoleEnd, GuestLine, GuestLine>(ref BoardConsole.Console, ref line);
    }
}
