using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.X86.Disk;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>Reads a hypervisor from the disk into the first stage's own room, checks it there and lays it out in its place.</summary>
internal unsafe struct Loader : IHypervisorLoader<ImageDisk<PortIo>>
{
    private readonly FirstStageConfig* _config;
    private readonly byte* _room;
    private readonly int _roomBytes;

    /// <param name="config">Stays where it is, as the room does.</param>
    public Loader(in FirstStageConfig config, Span<byte> room)
    {
        _config = (FirstStageConfig*)Unsafe.AsPointer(in config);
        _room = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room));
        _roomBytes = room.Length;
        Entry = default;
    }

    /// <summary>The first instruction of what was loaded last.</summary>
    public HostPhys Entry;

    public HypervisorFault Load(ref ImageDisk<PortIo> disk, ImageRange slot, ulong rollback)
    {
        Span<byte> room = new(_room, _roomBytes);
        Span<byte> stored = room.Slice(0, HypervisorHeader.StoredSize);
        if (!disk.TryRead(slot.Offset, stored))
            return HypervisorFault.Unreadable;
        HypervisorFault fault = HypervisorReader.Check(
            stored, slot.Size, (ulong)(uint)_roomBytes - HypervisorHeader.StoredSize, rollback, in _config->Roots, out HypervisorHeader header);
        if (fault != HypervisorFault.None)
            return fault;
        Span<byte> file = room.Slice(HypervisorHeader.StoredSize, (int)header.BinarySize);
        if (!disk.TryRead(slot.Offset + HypervisorHeader.StoredSize, file))
            return HypervisorFault.Unreadable;

        // What is checked is the copy that will run.
        Digest256 digest = default;
        Sha256.Compute(file, ref digest);
        if (!Sha256.AreEqual(in digest, in header.Digest))
            return HypervisorFault.OtherBinary;
        return ElfImage.TryLoad(file, PhysicalRam.At(_config->HypervisorRam), _config->HypervisorRam.Base, out Entry)
            ? HypervisorFault.None : HypervisorFault.NoProgram;
    }

    public readonly void Starts(bool isOnTrial)
    {
        if (!TrialStart.TryWatch(_config->Watchdog, isOnTrial))
            Say("first stage: no watchdog for the hypervisor on trial: if it hangs, switch the board off and on\r\n"u8);
    }

    public readonly void Say(ReadOnlySpan<byte> text) => new EarlyUart(FirstStage.Com1).Write(text);
}
