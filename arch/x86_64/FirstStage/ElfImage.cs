using System;
using System.Buffers.Binary;
using Bulkhead.Memory;

namespace Bulkhead.X86.FirstStage;

/// <summary>
/// The hypervisor's ELF file (gABI 4.1 chapters 4 and 5, x86-64 psABI 4), laid out where it will run. Its physical addresses say
/// how its segments lie to each other; it may run at any place.
/// </summary>
public static class ElfImage
{
    private const uint Magic = 0x464c457f, Load = 1;
    private const int HeaderSize = 64, ProgramHeaderSize = 56;
    private const byte Class64 = 2, LittleEndian = 1;
    private const ushort MachineX86 = 62;

    /// <summary>Fills all of <paramref name="room"/>.</summary>
    /// <param name="at">The room's physical address.</param>
    /// <param name="entry">Physical: the first instruction.</param>
    /// <returns>False when it is no such file, or does not fit; then the room holds anything.</returns>
    public static bool TryLoad(ReadOnlySpan<byte> file, Span<byte> room, HostPhys at, out HostPhys entry)
    {
        entry = default;
        if (file.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(file) != Magic || file[4] != Class64 || file[5] != LittleEndian
            || BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(18)) != MachineX86
            || BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(54)) != ProgramHeaderSize)
            return false;
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(24));
        ulong headers = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(56));
        if (headers > (ulong)(uint)file.Length || (ulong)(uint)(count * ProgramHeaderSize) > (ulong)(uint)file.Length - headers)
            return false;
        room.Clear();
        // The lowest comes first (gABI: in ascending order of p_vaddr), and stands where the room begins.
        ulong lowest = ~0ul;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = file.Slice((int)headers + i * ProgramHeaderSize, ProgramHeaderSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Load)
                continue;
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(8)), linked = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(16));
            ulong physical = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24));
            ulong stored = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(32)), size = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(40));
            if (lowest == ~0ul)
                lowest = physical;
            ulong place = physical - lowest;
            if (stored > size || offset > (ulong)(uint)file.Length || stored > (ulong)(uint)file.Length - offset
                || place > (ulong)(uint)room.Length || size > (ulong)(uint)room.Length - place)
                return false;
            file.Slice((int)offset, (int)stored).CopyTo(room.Slice((int)place));
            if (start >= linked && start - linked < stored)
                entry = at + (place + (start - linked));
        }
        return entry.Value != 0;
    }
}
