using System;
using System.Threading;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Lifecycle;

/// <summary>An architecture's flash or disk for the state record and the slots; its owner writes under one lock (<see cref="BoardUpdates{TArch}"/>).</summary>
public readonly struct BoardFlash<TArch> : IFlash where TArch : struct, IArch
{
    /// <summary>Bytes that are programmed while readers wait.</summary>
    public const int ProgramStep = 4096;

    private static FlashGate s_gate;

    public bool TryRead(ulong offset, Span<byte> room)
    {
        ImageRange range = new() { Offset = offset, Size = (ulong)(uint)room.Length };
        if (!TArch.IsImageMapped)
            return TArch.TryReadImage(range, room, out _);
        while (!s_gate.TryEnterToRead())
            Thread.SpinWait(1);
        bool isRead = TArch.TryReadImage(range, room, out ReadOnlySpan<byte> bytes);
        if (isRead)
            bytes.CopyTo(room);
        s_gate.ExitFromReading();
        return isRead;
    }

    public bool TryErase(ulong offset)
    {
        s_gate.EnterToWrite();
        bool isDone = TArch.TryEraseFlash(offset);
        s_gate.ExitFromWriting();
        return isDone;
    }

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        bool isDone = true;
        while (isDone && bytes.Length != 0)
        {
            int step = Math.Min(bytes.Length, ProgramStep);
            s_gate.EnterToWrite();
            isDone = TArch.TryProgramFlash(offset, bytes.Slice(0, step));
            s_gate.ExitFromWriting();
            offset += (ulong)(uint)step;
            bytes = bytes.Slice(step);
        }
        return isDone;
    }

    public bool TryFlush() => TArch.TryFlushFlash();

    /// <summary>The image stays readable as memory until <see cref="EndLoad"/>; in between, <see cref="Pause"/>.</summary>
    /// <param name="vcpu">This CPU's, which serves its interrupts while it waits.</param>
    public static void BeginLoad(ref VcpuCore vcpu)
    {
        while (TArch.IsImageMapped && !s_gate.TryEnterToRead())
            TArch.Serve(ref vcpu);
    }

    public static void EndLoad()
    {
        if (TArch.IsImageMapped)
            s_gate.ExitFromReading();
    }

    /// <summary>Lets a writer and this CPU's interrupts have their turn. An interrupt may write itself: nothing is read meanwhile.</summary>
    public static void Pause(ref VcpuCore vcpu)
    {
        EndLoad();
        TArch.Serve(ref vcpu);
        BeginLoad(ref vcpu);
    }
}
