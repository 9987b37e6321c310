using System;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Updates;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Hardware;

/// <summary>What a board starts with: chooses and checks the hypervisor as the first stages of both architectures do.</summary>
internal static class FirstStage
{
    /// <summary>Where no slot has a hypervisor that checks, the board stops.</summary>
    public static UnitVersion Run(Board board, out StartedSlot started)
    {
        HypervisorChoice<BootFlash> choice = default;
        int slot = choice.Begin(in board.Appliance.Config);
        bool isFound = IsSound(board, choice.Slot(slot), choice.Rollback);
        if (!isFound && choice.HasOther(out slot) && IsSound(board, choice.Slot(slot), choice.Rollback))
        {
            choice.TakeOther();
            isFound = true;
        }
        if (!isFound)
            board.Life.Halt();
        started = StartedSlot.Of(slot);
        return board.Life.Updates.Find(UpdateUnit.Hypervisor, slot)!;
    }

    private static bool IsSound(Board board, ImageRange slot, ulong rollback)
    {
        ReadOnlySpan<byte> stored = board.Flash.Show(slot);
        return HypervisorReader.Check(stored[..HypervisorHeader.StoredSize], slot.Size, Appliance.HypervisorSize, rollback, in board.Appliance.Config.Roots, out HypervisorHeader header) == HypervisorFault.None
            && SHA256.HashData(stored.Slice(HypervisorHeader.StoredSize, (int)header.BinarySize)).AsSpan().SequenceEqual(MemoryMarshal.CreateReadOnlySpan(in header.Digest[0], 32));
    }

    private readonly struct BootFlash : IFlash
    {
        public bool TryRead(ulong offset, Span<byte> room)
        {
            Board.Current.Flash.Show(new() { Offset = offset, Size = (ulong)room.Length }).CopyTo(room);
            return true;
        }

        public bool TryErase(ulong offset) => Board.Current.Flash.TryErase(offset);

        public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => Board.Current.Flash.TryProgram(offset, bytes);

        public bool TryFlush() => Board.Current.Flash.TryFlush();
    }
}
