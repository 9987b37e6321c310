using System.Buffers.Binary;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>
/// A kernel as an x86 guest starts it: an ELF file with a PVH note, or a Linux by its 64-bit entry, packed as a bzImage or
/// unpacked. Addresses are the guest's, whose RAM begins at 0.
/// </summary>
public sealed record X86Kernel(EntryKind EntryKind, ulong Entry, IReadOnlyList<X86KernelSegment> Segments, AddressRange Memory)
{
    private const uint PvhEntryNote = 18;
    private const ushort Machine = 62;
    private const uint LoadSegment = 1, NoteSegment = 4;
    // Also what Linux prefers: everything below is the BIOS's, the boot information's or the real-mode trampoline's.
    private const ulong FirstByte = 1ul << 20, LastByte = 3ul << 30;

    /// <summary>What boot_params takes over at <see cref="BzImage.HeaderOffset"/>; with the 64-bit entry only.</summary>
    public byte[] SetupHeader { get; init; } = [];

    /// <summary>Null when the file is such a kernel; otherwise what is wrong, in words that follow "the file".</summary>
    public static string? Refusal(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return "is empty";
        if (BzImage.Is(file))
            return BzImage.Refusal(file);
        if (!file.StartsWith("\u007fELF"u8))
            return "is neither an ELF file nor a bzImage";
        // e_ident: 64 bits, little endian; e_machine (System V ABI, figure 4-4).
        if (file.Length < 64 || file[4] != 2 || file[5] != 1 || BinaryPrimitives.ReadUInt16LittleEndian(file[18..]) != Machine)
            return "is an ELF file, but not one of x86-64";
        if (!TryRead(file, out X86Kernel? kernel, out string? why))
            return why;
        return kernel.Segments.Count is 0 ? "has no bytes to load" : null;
    }

    /// <summary>The kernel, once <see cref="Refusal"/> has nothing to say.</summary>
    public static X86Kernel Read(ReadOnlySpan<byte> file)
    {
        if (BzImage.Is(file))
            return BzImage.Read(file);
        return TryRead(file, out X86Kernel? kernel, out string? why) ? kernel : throw new BuildException($"a kernel {why}");
    }

    /// <summary>
    /// A Linux, whose kernel proper has its 64-bit entry where the ELF file begins. By PVH it would look for Xen before
    /// anything else, which takes 256 CPUIDs, and be told no seed of random numbers.
    /// </summary>
    public static X86Kernel ReadLinux(ReadOnlySpan<byte> file)
    {
        X86Kernel kernel = Read(file);
        if (kernel.EntryKind == EntryKind.Linux64)
            return kernel;
        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(file[24..]);
        if (!kernel.Holds(entry))
            throw new BuildException($"a kernel has the entry 0x{entry:x}, which is in none of its segments");
        return kernel with { EntryKind = EntryKind.Linux64, Entry = entry, SetupHeader = BzImage.HeaderOfUnpacked };
    }

    private bool Holds(ulong entry) => Segments.Any(segment => entry >= segment.Load && entry < segment.Load + (ulong)segment.Content.Length);

    private static bool TryRead(ReadOnlySpan<byte> file, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out X86Kernel? kernel, out string? why)
    {
        kernel = null;
        why = "has program headers outside the file";
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file[54..]), count = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        if (size < 56 || table > (ulong)file.Length || (ulong)(size * count) > (ulong)file.Length - table)
            return false;
        List<X86KernelSegment> segments = [];
        ulong? entry = null;
        ulong first = ulong.MaxValue, end = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = file.Slice((int)table + i * size, size);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]), load = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
            ulong stored = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]), memory = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
            if (type is not (LoadSegment or NoteSegment))
                continue;
            if (offset > (ulong)file.Length || stored > (ulong)file.Length - offset)
            {
                why = "has a segment outside the file";
                return false;
            }
            ReadOnlySpan<byte> content = file.Slice((int)offset, (int)stored);
            if (type == NoteSegment)
            {
                entry ??= FindEntry(content);
                continue;
            }
            if (memory == 0)
                continue;
            if (memory < stored || load < FirstByte || load > LastByte || memory > LastByte - load)
            {
                why = $"wants to be loaded at 0x{load:x}, and a guest can have it from 1 MiB to 3 GiB";
                return false;
            }
            first = Math.Min(first, load);
            end = Math.Max(end, load + memory);
            if (stored != 0)
                segments.Add(new X86KernelSegment(load, content.ToArray()));
        }
        why = "has no PVH note (CONFIG_PVH): nothing says where to enter it";
        if (entry is not { } at)
            return false;
        why = $"has a PVH note with the entry 0x{at:x}, which is in none of its segments";
        X86Kernel read = new(EntryKind.Pvh, at, segments, new AddressRange(first, end - first));
        if (!read.Holds(at))
            return false;
        kernel = read;
        return true;
    }

    // Notes: name size, content size, type, name, content, each padded to 4 bytes; the entry has 4 or 8.
    private static ulong? FindEntry(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(notes), size = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            ulong start = 12 + Up(nameSize), whole = start + Up(size);
            if (whole > (ulong)notes.Length)
                return null;
            ReadOnlySpan<byte> content = notes.Slice((int)start, (int)size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]) == PvhEntryNote && notes.Slice(12, (int)nameSize).SequenceEqual("Xen\0"u8) && size is 4 or 8)
                return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(content) : BinaryPrimitives.ReadUInt64LittleEndian(content);
            notes = notes[(int)whole..];
        }
        return null;
    }

    private static ulong Up(uint size) => ((ulong)size + 3) / 4 * 4;
}
