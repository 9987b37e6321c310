using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>x86-64 under AMD-V or VT-x, for the portable hypervisor.</summary>
internal readonly struct X86 : IArch
{
    // Half of what real-time systems ask for at most, and many exits on any CPU.
    private const ulong LeastPeriodMicroseconds = 50;

    private static PhysicalUart16550<PortIo> _uart;

    public static void InitializeUart(ushort port) => _uart.Initialize(port);

    /// <summary>Whether an interrupt of the UART is still pending.</summary>
    public static bool AcknowledgeUart() => _uart.Acknowledge();

    /// <summary>The time stamp counter.</summary>
    public static ulong Now() => Register.ReadTsc();

    public static ulong ClockHertz => TscClock.Hertz;

    public static uint TransmitRoom() => _uart.TransmitRoom();

    public static void Transmit(byte value) => _uart.Transmit(value);

    public static bool TryReceive(out byte value) => _uart.TryReceive(out value);

    public static void SetTransmitInterrupt(bool enabled) => _uart.SetTransmitInterrupt(enabled);

    public static bool IsImageMapped => false;

    public static bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes) => DiskImage.TryRead(range, room, out bytes);

    public static bool TryEraseFlash(ulong offset) => DiskImage.TryErase(offset);

    public static bool TryProgramFlash(ulong offset, ReadOnlySpan<byte> bytes) => DiskImage.TryWrite(offset, bytes);

    public static bool TryFlushFlash() => DiskImage.TryFlush();

    public static unsafe Span<byte> Open(HostPhys address, int bytes) => new((void*)address.Value, bytes);

    public static void Zero(Span<byte> bytes) => bytes.Fill(0);

    // Caches are coherent with guests of any mode (SDM 3 11.3).
    public static void Publish(HostPhys address, ulong bytes)
    {
    }

    // The guest may have it uncached, beside our write-back (SDM 3 11.12.4: one page of two types).
    public static void Flush(HostPhys address, ulong bytes) => Instruction.FlushRange(address.Value, bytes);

    public static void CompletePublish() => Interlocked.MemoryBarrier();

    public static ref PartitionCore Partition(int guest) => ref Partitions.Of(guest).Core;

    public static ref VcpuCore Vcpu(int cpu) => ref CpuBlocks.Of(cpu).Core;

    public static void BeginGuest(ref PartitionCore partition)
    {
        ref Partition own = ref Partitions.Of(partition.Index);
        ulong now = Register.ReadTsc();
        for (uint i = 0; i < partition.VcpuCount; i++)
        {
            ref VirtualLocalApic apic = ref own.Apics.Local.At(i);
            apic.TscOffset = 0 - now;
            apic.LeastPeriod = (uint)TscClock.FromMicroseconds(LeastPeriodMicroseconds);
        }
        own.Clock.WallSeconds = (uint)WallClock.At(now, out own.Clock.WallNanoseconds);
        AssignedInterrupts.Open(ref own);
    }

    public static void ResetGuest(ref PartitionCore partition)
    {
        GuestDevices.ResetGuest(ref Partitions.Of(partition.Index));
        for (int i = 0; i < (int)partition.VcpuCount; i++)
            CpuBlocks.Of((int)partition.CpuOf(i)).StartKind = StartKind.Package;
    }

    public static uint ReadDevice(HostPhys register) => Mmio.Read32(register);

    public static void WriteDevice(HostPhys register, uint value) => Mmio.Write32(register, value);

    public static int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text) => GuestDevices.WriteBuffer(ref vcpu, text);

    public static void UartReceived(int guest, ref VcpuCore here) => GuestDevices.UartReceived(guest, ref here);

    public static void UartSpaceReturned(int guest, ref VcpuCore here) => GuestDevices.UartSpaceReturned(guest, ref here);

    /// <summary>An ACPI watchdog has no interrupt.</summary>
    public static void SetWatchdogLine(ref VcpuCore here, bool asserted)
    {
    }

    public static ulong ProgramCounter(ref VcpuCore vcpu)
    {
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        VcpuState.LoadRegisters(ref own);
        return own.Registers.Rip;
    }

    public static void StopAtInterrupt(ref VcpuCore vcpu, StopReason reason) => GuestReport.StopAtInterrupt(ref CpuBlocks.Of(vcpu.Cpu), reason);

    public static void Kick(int cpu) => LocalApic.SendInterrupt((uint)ApplianceTables.Board.CpuId.Of(cpu), HostVector.Kick);

    public static void Idle(ref VcpuCore vcpu)
    {
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        // While the guest stops, whatever its other vCPUs still send is for nobody.
        if (vcpu.Guest >= 0 && Volatile.Read(ref own.Partition.Core.State) == (int)GuestState.Running)
        {
            GuestInterrupts.TakeWhileOff(ref own);
            if (Volatile.Read(ref vcpu.Power) == (int)VcpuPower.OnPending)
                return;
        }
        InterruptHandler.Handle(ref own, HostInterrupts.Wait());
    }

    public static void Serve(ref VcpuCore vcpu)
    {
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        for (uint vector = HostInterrupts.Take(); vector != 0; vector = HostInterrupts.Take())
            InterruptHandler.Handle(ref own, vector);
        // A kick that was taken here was to end the guest's turn: it does so when this is done.
        if (own.ApicAddress != 0 && own.Apic.Inbox.Requests != 0)
            Kick(vcpu.Cpu);
    }

    public static void Reset(ref VcpuCore vcpu) => VcpuReset.Run(ref CpuBlocks.Of(vcpu.Cpu));

    public static void Enter(ref VcpuCore vcpu) => VirtualMachine.Enter(ref CpuBlocks.Of(vcpu.Cpu));

    public static void Quiesce(ref VcpuCore vcpu, bool wasOn)
    {
        HostTimer.Disarm();
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        own.ArmedDeadline = 0;
        own.Presented = 0;
        own.NmiPending = 0;
        own.Apic.TimerDeadline = 0;
        GuestInterrupts.Arm(ref own, Register.ReadTsc());
        if (vcpu.Index == 0)
            AssignedInterrupts.Close(ref own.Partition);
    }

    public static void UpdateTimer(ref VcpuCore vcpu, ulong now) => GuestInterrupts.Arm(ref CpuBlocks.Of(vcpu.Cpu), now);

    public static void Unwind(ref VcpuCore vcpu) => LeaveGuest(ref CpuBlocks.Of(vcpu.Cpu));

    public static void ResetBoard() => BoardReset.Run();

    public static bool TryOpenBoardWatchdog() => BoardWatchdog.TryOpen();

    public static void FeedBoardWatchdog(uint milliseconds) => BoardWatchdog.Feed(milliseconds);

    public static void StopBoardWatchdog() => BoardWatchdog.Stop();

    public static void Halt() => BoardStop.Stop();

    public static void RecordGuest(ref VcpuCore vcpu, StopReason reason) => GuestRecord.WriteInterrupted(ref CpuBlocks.Of(vcpu.Cpu), reason);

    public static void Persist(ulong virtualAddress, ulong bytes) => Instruction.FlushRange(virtualAddress, bytes);

    // Boot/Vectors.S
    [MethodImpl(MethodImplOptions.InternalCall), System.Runtime.RuntimeImport("*", "LeaveGuest")]
    private static extern void LeaveGuest(ref Vcpu vcpu);
}
