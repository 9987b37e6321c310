using System;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Vcpus;
using ControlMailbox = Bulkhead.Devices.ControlMailbox<Bulkhead.Arm64.El2.Arm64, Bulkhead.Lifecycle.UpdateLines<Bulkhead.Arm64.El2.Arm64>>;
using ControlUart = Bulkhead.Devices.ControlUart<
    Bulkhead.Devices.VirtualPl011, Bulkhead.Arm64.El2.ControlOutput, Bulkhead.Arm64.El2.GuestLine, Bulkhead.Lifecycle.UpdateLines<Bulkhead.Arm64.El2.Arm64>>;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's virtual UART on the board's console.</summary>
internal static class GuestDevices
{
    public static void Create(ref Partition partition)
    {
        partition.Bus.Initialize(in partition.Core.Entry);
        partition.Uart.Initialize(partition.Core.Index);
        if (!partition.Core.Entry.IsControl)
            return;
        ControlUart.Create();
        if (!ControlMailbox.TryCreate(in partition.Core))
            Bug.Stop(BugKind.Assertion);
    }

    /// <summary>At the guest's end, when all its CPUs are out.</summary>
    public static void ResetGuest(ref Partition partition)
    {
        GuestLine line = new(partition.Core.Index, -1);
        partition.Uart.Reset<GuestLine, GuestLine>(ref line);
        if (partition.Core.Entry.IsControl)
            ControlUart.Reset(ref line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUart(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size) =>
        offset == Pl011.UARTFR ? partition.Uart.ReadFlags(ref BoardConsole.Console) : ReadOther(ref vcpu, ref partition, offset, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadOther(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size)
    {
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        return partition.Uart.Read<ConsoleEnd, GuestLine, GuestLine>(offset, size, ref BoardConsole.Console, ref line);
    }

    public static void WriteUart(ref Vcpu vcpu, ref Partition partition, uint offset, ulong value)
    {
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        partition.Uart.Write<ConsoleEnd, GuestLine, GuestLine>(offset, (uint)value, ref BoardConsole.Console, ref line);
        if (BoardConsole.Console.IsHolding)
            Deadlines.ArmConsole(ref vcpu.Core);
    }

    /// <summary>The devices that nobody is in a hurry to reach.</summary>
    public static ulong Read(ref Vcpu vcpu, DeviceHit hit, AccessSize size)
    {
        switch (hit.Kind)
        {
            case DeviceKind.ControlUart:
                GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
                return ControlUart.Read(ref line, hit.Offset, size);
            case DeviceKind.Mailbox:
                return ControlMailbox.Read(hit.Offset, size);
            default:
                return ReadWatchdog(ref vcpu, hit, size);
        }
    }

    public static void Write(ref Vcpu vcpu, DeviceHit hit, AccessSize size, ulong value)
    {
        switch (hit.Kind)
        {
            case DeviceKind.ControlUart:
                GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
                ControlUart.Write(ref line, hit.Offset, size, (uint)value);
                return;
            case DeviceKind.Mailbox:
                ControlMailbox.Write(hit.Offset, size, (uint)value);
                return;
            default:
                WriteWatchdog(ref vcpu, hit, size, value);
                return;
        }
    }

    private static ulong ReadWatchdog(ref Vcpu vcpu, DeviceHit hit, AccessSize size)
    {
        if (hit.Kind == DeviceKind.WatchdogRefresh)
            return size == AccessSize.Word ? SbsaWatchdog.ReadRefresh(hit.Offset) : 0;
        ref Partition partition = ref vcpu.Partition;
        ref Watchdog watchdog = ref partition.Core.Watchdog;
        SpinLock.Guard held = watchdog.Lock.Enter();
        ulong value = SbsaWatchdog.ReadControl(in watchdog, hit.Offset, size, partition.CounterOffset);
        watchdog.Lock.Exit(held);
        return value;
    }

    private static void WriteWatchdog(ref Vcpu vcpu, DeviceHit hit, AccessSize size, ulong value)
    {
        ref Partition partition = ref vcpu.Partition;
        ref Watchdog watchdog = ref partition.Core.Watchdog;
        ulong now = SystemRegister.ReadCntpct();
        SpinLock.Guard held = watchdog.Lock.Enter();
        if (hit.Kind == DeviceKind.WatchdogControl)
            SbsaWatchdog.WriteControl(ref watchdog, hit.Offset, size, value, now, partition.CounterOffset);
        else if (size == AccessSize.Word)
            SbsaWatchdog.WriteRefresh(ref watchdog, hit.Offset, now);
        GuestWatchdog.Follow(ref vcpu.Core, ref partition.Core, held, now);
        watchdog.Lock.Exit(held);
    }

    /// <summary>The console write hypercall.</summary>
    public static int WriteBuffer(ref VcpuCore vcpu, ReadOnlySpan<byte> text)
    {
        GuestLine line = new(vcpu.Guest, vcpu.Index);
        int taken = Partitions.Of(vcpu.Guest).Uart
            .WriteBuffer<ConsoleEnd, GuestLine, GuestLine>(text, ref BoardConsole.Console, ref line);
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
        Partitions.Of(guest).Uart.SpaceReturned<GuestLine, GuestLine>(ref line);
    }
}
