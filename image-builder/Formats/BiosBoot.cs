using System.Buffers.Binary;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>
/// Tells GRUB's two pieces for a BIOS where they lie on the disk, as its own installer does: the code of the first
/// sector (boot.img) reads the core image's first sector, and that one the rest.
/// </summary>
public static class BiosBoot
{
    private const int Sector = 512;
    private const int KernelSectorAt = 0x5c;
    // Two bytes that an installer on a hard disk replaces by no-operations: some BIOSes pass a wrong drive number.
    private const int DriveCheckAt = 0x66;
    // The first sector's last entry of a list of stretches: first sector, count of sectors, segment.
    private const int BlockListAt = Sector - 12;

    public static byte[] BootCode(ReadOnlySpan<byte> bootImage, ulong coreOffset)
    {
        byte[] code = bootImage[..Gpt.BootCodeSize].ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(KernelSectorAt), coreOffset / Sector);
        code[DriveCheckAt] = code[DriveCheckAt + 1] = 0x90;
        return code;
    }

    public static byte[] Core(ReadOnlySpan<byte> core, ulong offset)
    {
        byte[] placed = core.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(placed.AsSpan(BlockListAt), offset / Sector + 1);
        return placed;
    }
}
