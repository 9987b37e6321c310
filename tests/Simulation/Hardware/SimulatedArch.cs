using System;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The board that runs, as an architecture. What others see is behind a point of the scheduler.</summary>
internal readonly struct SimulatedArch : IArch
{
    private static Board Board => Board.Current;

    public static ulong Now() => Board.Time++;

    public static uint TransmitRoom()
    {
        // Only the last lines before a reset wait for the wire; that is long, also for who wants a reset, too, and not a hang.
        if (Board.Wire.Room == 0 && ++Scheduler.Current.LooksAtWire > 2)
        {
            Scheduler.ForgetTimes();
            Board.Life.WaitForWire();
        }
        return Board.Wire.Room;
    }

    public static void Transmit(byte value)
    {
        Scheduler.Point();
        Board.Life.Check(Board.Wire.Room != 0, "a byte is sent to a UART without room");
        Board.Wire.Transmit(value);
    }

    public static bool TryReceive(out byte value)
    {
        Scheduler.Point();
        return Board.Wire.Incoming.TryDequeue(out value);
    }

    public static void SetTransmitInterrupt(bool enabled)
    {
        Scheduler.Point();
        Board.Wire.TransmitInterrupt = enabled;
    }

    public static ulong ClockHertz => Hardware.Board.Frequency;

    public static bool IsImageMapped => Board.IsImageMapped;

    public static bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes) => Board.TryReadImage(range, room, out bytes);

    public static bool TryEraseFlash(ulong offset) => Board.Flash.TryErase(offset);
    public static bool TryProgramFlash(ulong offset, ReadOnlySpan<byte> bytes) => Board.Flash.TryProgram(offset, bytes);
    public static bool TryFlushFlash() => Board.Flash.TryFlush();

    public static Span<byte> Open(HostPhys address, int bytes) => Board.Open(address, bytes);
    public static void Zero(Span<byte> bytes) => bytes.Clear();
    public static void Publish(HostPhys address, ulong bytes) { }
    public static void Flush(HostPhys address, ulong bytes) { }
    public static void CompletePublish() => Scheduler.Point();

    public static ref PartitionCore Partition(int guest) => ref Board.Partitions[guest];
    public static ref VcpuCore Vcpu(int cpu) => ref Board.Vcpus[cpu];

    public static void BeginGuest(ref PartitionCore partition) => Board.BeginGuest(ref partition);
    public static void ResetGuest(ref PartitionCore partition) => Board.ResetGuest(ref partition);
    // No guest of a simulated board has a device that would be reset.
    public static uint ReadDevice(HostPhys register) => throw new System.InvalidOperationException();
    public static void WriteDevice(HostPhys register, uint value) => throw new System.InvalidOperationException();
    public static void SetWatchdogLine(ref VcpuCore here, bool asserted) => Board.SetWatchdogLine(ref here, asserted);
    public static ulong ProgramCounter(ref VcpuCore vcpu) => vcpu.Entry.Value;
    public static void StopAtInterrupt(ref VcpuCore vcpu, StopReason reason) => GuestStop<SimulatedArch>.Stop(ref vcpu, reason);
    public static int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text) => Board.WriteConsole(ref vcpu, text);
    public static void UartReceived(int guest, ref VcpuCore here) => Board.UartReceived(guest, ref here);
    public static void UartSpaceReturned(int guest, ref VcpuCore here) => Board.UartSpaceReturned(guest, ref here);

    public static void Kick(int cpu) => Board.Kick(cpu);
    public static void Idle(ref VcpuCore vcpu) => Board.Idle(ref vcpu);
    public static void Serve(ref VcpuCore vcpu)
    {
        while (Board.HasInterrupt(vcpu.Cpu))
            Board.TakeInterrupt(vcpu.Cpu);
    }

    public static void Reset(ref VcpuCore vcpu) => Board.Reset(ref vcpu);
    public static void Enter(ref VcpuCore vcpu) => Board.Enter(ref vcpu);
    public static void Quiesce(ref VcpuCore vcpu, bool wasOn) => Board.Quiesce(ref vcpu, wasOn);
    public static void UpdateTimer(ref VcpuCore vcpu, ulong now) => Board.UpdateTimer(ref vcpu, now);

    public static void Unwind(ref VcpuCore vcpu) => throw new LeaveGuest();
    public static void ResetBoard() => Board.Life.ResetBoard();
    public static bool TryOpenBoardWatchdog() => false;

    public static void FeedBoardWatchdog(uint milliseconds)
    {
    }

    public static void StopBoardWatchdog()
    {
    }

    public static void Halt() => Board.Life.Halt();

    public static void RecordGuest(ref VcpuCore vcpu, StopReason reason)
    {
    }

    public static void Persist(ulong virtualAddress, ulong bytes)
    {
    }
}
