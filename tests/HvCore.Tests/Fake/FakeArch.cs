using System;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Tests.Core;

/// <summary>An architecture of memory and lists. What does not return throws <see cref="NoReturn"/>.</summary>
internal readonly struct FakeArch : IArch
{
    [ThreadStatic]
    private static CoreBoard? s_board;

    public static void Use(CoreBoard board) => s_board = board;

    public static ulong ClockHertz => CoreBoard.Frequency;

    public static bool IsImageMapped => true;

    public static ulong Now() => s_board!.Time++;

    public static uint TransmitRoom() => Math.Min(s_board!.Line.Room, 16);
    public static void Transmit(byte value) => s_board!.Line.Sent.Add(value);
    public static bool TryReceive(out byte value) => s_board!.Line.ToReceive.TryDequeue(out value);
    public static void SetTransmitInterrupt(bool enabled) => s_board!.Line.TransmitInterrupt = enabled;

    public static bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes) =>
        new BytesImage(s_board!.Image, true).TryRead(range, room, out bytes);

    public static bool TryEraseFlash(ulong offset) => s_board!.TryChange(offset, IFlash.EraseBlock, null);
    public static bool TryProgramFlash(ulong offset, ReadOnlySpan<byte> bytes) => s_board!.TryChange(offset, bytes.Length, bytes);
    public static bool TryFlushFlash() => true;

    public static ref PartitionCore Partition(int guest) => ref s_board!.Partitions[guest];
    public static ref VcpuCore Vcpu(int cpu) => ref s_board!.Vcpus[cpu];

    public static void BeginGuest(ref PartitionCore partition) => s_board!.Note($"begin {partition.Index}");
    public static void ResetGuest(ref PartitionCore partition) => s_board!.Note($"reset guest {partition.Index}");
    public static uint ReadDevice(HostPhys register) => s_board!.Device!.Read(register.Value);
    public static void WriteDevice(HostPhys register, uint value) => s_board!.Device!.Write(register.Value, value);
    public static int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text)
    {
        s_board!.Note($"console {vcpu.Guest} {Convert.ToHexString(text)}");
        return text.Length;
    }

    public static void UartReceived(int guest, ref VcpuCore here) => s_board!.Note($"received {guest}");
    public static void UartSpaceReturned(int guest, ref VcpuCore here) => s_board!.Note($"space {guest}");
    public static void ResetBoard() => throw new NoReturn("board reset");
    public static bool TryOpenBoardWatchdog() => s_board!.HasWatchdog;
    public static void FeedBoardWatchdog(uint milliseconds) => s_board!.Note($"feed board watchdog {milliseconds}");
    public static void StopBoardWatchdog() => s_board!.Note("stop board watchdog");
    public static void SetWatchdogLine(ref VcpuCore here, bool asserted) => s_board!.Note($"watchdog line {here.Cpu} {asserted}");
    public static ulong ProgramCounter(ref VcpuCore vcpu) => 0x4008_0000;
    public static void StopAtInterrupt(ref VcpuCore vcpu, StopReason reason) => GuestStop<FakeArch>.Stop(ref vcpu, reason);
    public static void Halt() => throw new NoReturn("halt");
    public static void RecordGuest(ref VcpuCore vcpu, StopReason reason)
    {
    }

    public static void Persist(ulong virtualAddress, ulong bytes) => s_board!.Persisted.Add((virtualAddress, bytes));

    public static Span<byte> Open(HostPhys address, int bytes) =>
        s_board!.Ram.AsSpan((int)(address.Value - s_board.Table.Guest[0].Mapping[0].Host.Value), bytes);

    public static void Zero(Span<byte> bytes) => bytes.Clear();
    public static void Publish(HostPhys address, ulong bytes) => s_board!.Note($"publish {address.Value:x}+{bytes:x}");
    public static void Flush(HostPhys address, ulong bytes)
    {
    }

    public static void CompletePublish() => s_board!.Note("complete");

    public static void Kick(int cpu) => s_board!.Note($"kick {cpu}");
    public static void Idle(ref VcpuCore vcpu) => throw new NoReturn("park");
    public static void Serve(ref VcpuCore vcpu) => s_board!.Served++;
    public static void Reset(ref VcpuCore vcpu) => s_board!.Note($"reset {vcpu.Cpu}");
    public static void Enter(ref VcpuCore vcpu) => throw new NoReturn("enter");
    public static void Unwind(ref VcpuCore vcpu) => throw new NoReturn("unwind");
    public static void Quiesce(ref VcpuCore vcpu, bool wasOn) => s_board!.Note($"quiesce {vcpu.Cpu} {wasOn}");
    public static void UpdateTimer(ref VcpuCore vcpu, ulong now) => s_board!.Note($"timer {vcpu.Deadline}");
}
