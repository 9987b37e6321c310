using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Arm64.El2;

/// <summary>ARMv8 at EL2, for the portable hypervisor.</summary>
internal readonly struct Arm64 : IArch
{
    private const ulong Line = 64;

    private static PhysicalPl011<Mmio> _uart;

    public static void InitializeUart(HostPhys address) => _uart.Initialize(address);

    /// <summary>The system counter, CNTPCT_EL0.</summary>
    public static ulong Now() => SystemRegister.ReadCntpct();

    public static uint TransmitRoom() => _uart.TransmitRoom();

    public static void Transmit(byte value) => _uart.Transmit(value);

    public static bool TryReceive(out byte value) => _uart.TryReceive(out value);

    public static void SetTransmitInterrupt(bool enabled) => _uart.SetTransmitInterrupt(enabled);

    public static ulong ClockHertz => SystemRegister.ReadCntfrq();

    public static bool IsImageMapped => true;

    public static bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes) => MappedImage.TryRead(range, out bytes);

    public static bool TryEraseFlash(ulong offset) => NorFlash.TryErase(offset);

    public static bool TryProgramFlash(ulong offset, ReadOnlySpan<byte> bytes) => NorFlash.TryProgram(offset, bytes);

    // The chips have finished when a call returns.
    public static bool TryFlushFlash() => NorFlash.IsThere;

    public static unsafe Span<byte> Open(HostPhys address, int bytes) => new((void*)address.Value, bytes);

    public static unsafe void Zero(Span<byte> bytes)
    {
        ulong start = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        ulong head = Math.Min((0 - start) & (Line - 1), (ulong)(uint)bytes.Length);
        bytes.Slice(0, (int)head).Fill(0);
        ulong middle = ((ulong)(uint)bytes.Length - head) & ~(Line - 1);
        Instruction.ZeroRange(start + head, middle);
        bytes.Slice((int)(head + middle)).Fill(0);
    }

    // The guest starts with MMU and caches off and reads memory, not our cache (DDI 0487 D7.5.9.3); ZeroRange cleans
    // as it zeroes.
    public static void Publish(HostPhys address, ulong bytes) => Instruction.CleanRange(address.Value, bytes);

    // Linux has what is no RAM as device memory, beside our cacheable mapping (DDI 0487 B2.8, mismatched attributes).
    public static void Flush(HostPhys address, ulong bytes) => Instruction.CleanInvalidateRange(address.Value, bytes);

    // What a CPU of the guest may have fetched before, it forgets at its vCPU's reset.
    public static void CompletePublish() => Instruction.DsbIsh();

    public static ref PartitionCore Partition(int guest) => ref Partitions.Of(guest).Core;

    public static ref VcpuCore Vcpu(int cpu) => ref CpuBlocks.Of(cpu).Core;

    public static void BeginGuest(ref PartitionCore partition)
    {
        ref Partition own = ref Partitions.Of(partition.Index);
        own.CounterOffset = SystemRegister.ReadCntpct();
        GuestInterrupts.StartGuest(ref own);
    }

    public static void ResetGuest(ref PartitionCore partition)
    {
        ref Partition own = ref Partitions.Of(partition.Index);
        GuestDevices.ResetGuest(ref own);
        GuestInterrupts.ResetGuest(ref own);
    }

    public static uint ReadDevice(HostPhys register) => Mmio.Read32(register);

    public static void WriteDevice(HostPhys register, uint value) => Mmio.Write32(register, value);

    public static int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text) => GuestDevices.WriteBuffer(ref vcpu, text);

    public static void UartReceived(int guest, ref VcpuCore here) => GuestDevices.UartReceived(guest, ref here);

    public static void UartSpaceReturned(int guest, ref VcpuCore here) => GuestDevices.UartSpaceReturned(guest, ref here);

    public static void SetWatchdogLine(ref VcpuCore here, bool asserted)
    {
        ref Partition partition = ref Partitions.Of(here.Guest);
        GuestInterrupts.SetLine(ref partition, here.RunningIndexIn(here.Guest), partition.Core.Entry.Arm64.WatchdogIntId, asserted);
    }

    public static ulong ProgramCounter(ref VcpuCore vcpu) => SystemRegister.ReadElr();

    public static void StopAtInterrupt(ref VcpuCore vcpu, StopReason reason) => GuestReport.StopAtInterrupt(ref CpuBlocks.Of(vcpu.Cpu), reason);

    public static void Kick(int cpu) => GicHardware.SendKick(cpu);

    public static void Idle(ref VcpuCore vcpu) => InterruptHandler.WaitForInterrupt(ref CpuBlocks.Of(vcpu.Cpu));

    public static void Serve(ref VcpuCore vcpu) => InterruptHandler.TakeInterrupts(ref CpuBlocks.Of(vcpu.Cpu));

    public static void Reset(ref VcpuCore vcpu)
    {
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        SystemRegister.WriteCntvoff(own.Partition.CounterOffset);
        VcpuReset.Run(ref own, vcpu.Entry, vcpu.EntryArgument);
        GuestInterrupts.StartCpu(ref own);
    }

    public static void Enter(ref VcpuCore vcpu) => EnterGuest(ref CpuBlocks.Of(vcpu.Cpu));

    public static void Quiesce(ref VcpuCore vcpu, bool wasOn)
    {
        ref Vcpu own = ref CpuBlocks.Of(vcpu.Cpu);
        SystemRegister.WriteCntvCtl(0);
        own.Timer = default;
        own.Timer.Arm(Now(), vcpu.Deadline);
        if (wasOn)
            GuestInterrupts.StopCpu(ref own);
    }

    public static void UpdateTimer(ref VcpuCore vcpu, ulong now) => CpuBlocks.Of(vcpu.Cpu).Timer.Arm(now, vcpu.Deadline);

    public static void Unwind(ref VcpuCore vcpu) => LeaveGuest(ref CpuBlocks.Of(vcpu.Cpu));

    public static void ResetBoard() => Firmware.ResetBoard();

    // No board of this kind has one that is known here.
    public static bool TryOpenBoardWatchdog() => false;

    public static void FeedBoardWatchdog(uint milliseconds)
    {
    }

    public static void StopBoardWatchdog()
    {
    }

    public static void Halt() => BoardStop.Stop();

    public static void RecordGuest(ref VcpuCore vcpu, StopReason reason) => GuestRecord.WriteInterrupted(ref CpuBlocks.Of(vcpu.Cpu), reason);

    // To the point of coherency, which RAM is.
    public static void Persist(ulong virtualAddress, ulong bytes) => Instruction.CleanRange(virtualAddress, bytes);

    // Boot/Vectors.S
    [MethodImpl(MethodImplOptions.InternalCall), System.Runtime.RuntimeImport("*", "EnterGuest")]
    private static extern void EnterGuest(ref Vcpu vcpu);

    [MethodImpl(MethodImplOptions.InternalCall), System.Runtime.RuntimeImport("*", "LeaveGuest")]
    private static extern void LeaveGuest(ref Vcpu vcpu);
}
