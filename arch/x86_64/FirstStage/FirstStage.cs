using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.X86.Disk;
using Bulkhead.X86.Firmware;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>
/// Finds the hypervisor in the slot that the state record says, or else in the other one, checks it, lays it out in its
/// place and starts it with what the loader said, as if the loader itself had.
/// </summary>
internal static unsafe class FirstStage
{
    public const ushort Com1 = 0x3f8;
    private const int LongestInformation = 64 * 1024;

    [RuntimeExport("BoardBoot")]
    private static void Main(uint magic, uint information, ulong physicalBase, ulong timeStamp)
    {
        EarlyUart uart = new(Com1);
        PhysicalRam.Map(physicalBase);
        ref readonly FirstStageConfig config = ref *(FirstStageConfig*)AddressOfConfig();
        Span<byte> room = PhysicalRam.Room;
        LoaderFacts facts = default;
        HypervisorChoice<ImageDisk<PortIo>> choice = default;
        if (!TryReadLoader(magic, information, ref facts))
            Stop(uart, "the loader's information is damaged"u8);
        if (!IsUsable(in facts, config.HypervisorRam))
            Stop(uart, "the hypervisor's place is not in the RAM that the loader left"u8);
        if (magic == Multiboot2Reader.Magic && !TryKeep(ref information, ref room, physicalBase))
            Stop(uart, "the loader's information is too long"u8);
        if (!choice.Flash.TryFind(out _))
            Stop(uart, "no disk on an ATA channel has the image's partitions"u8);
        Loader loader = new(in config, room);
        if (choice.TryLoad(in config, ref loader, out StartedSlot started))
            StartHypervisor((uint)loader.Entry.Value, magic, information, physicalBase, started.Word);
        Halt();
    }

    private static bool TryReadLoader(uint magic, uint information, ref LoaderFacts facts)
    {
        BootMemory memory = default;
        HostPhys address = new(information);
        return (magic == Multiboot2Reader.Magic ? Multiboot2Reader.Read(in memory, address, ref facts) : PvhReader.Read(in memory, address, ref facts)) == LoaderError.None;
    }

    private static bool IsUsable(in LoaderFacts facts, HostRange wanted)
    {
        for (int i = 0; i < facts.MemoryCount; i++)
        {
            HostRange ram = facts.Memory[i];
            if (wanted.Base.Value >= ram.Base.Value && wanted.Size <= ram.Size && wanted.Base.Value - ram.Base.Value <= ram.Size - wanted.Size)
                return wanted.Base.Value <= BootMemory.Size - wanted.Size;
        }
        return false;
    }

    // GRUB may have put its information where the hypervisor will be. All of its pointers are into itself (Multiboot2 3.6).
    private static bool TryKeep(ref uint information, ref Span<byte> room, ulong physicalBase)
    {
        BootMemory memory = default;
        if (!memory.TryRead(new HostPhys(information), sizeof(uint), out ReadOnlySpan<byte> size))
            return false;
        uint bytes = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (bytes > LongestInformation || !memory.TryRead(new HostPhys(information), bytes, out ReadOnlySpan<byte> block))
            return false;
        block.CopyTo(room);
        information = (uint)PhysicalRam.PhysicalOf(room, physicalBase).Value;
        room = room.Slice(LongestInformation);
        return true;
    }

    private static void Stop(EarlyUart uart, ReadOnlySpan<byte> reason)
    {
        uart.Write("first stage: "u8);
        uart.Write(reason);
        uart.Write("\r\n"u8);
        Halt();
    }

    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address) => Stop(new EarlyUart(Com1), "BUG: a check failed"u8);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfConfig")] private static extern ulong AddressOfConfig();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StartHypervisor")] private static extern void StartHypervisor(uint entry, uint magic, uint information, ulong physicalBase, uint started);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "halt")] private static extern void Halt();
}
