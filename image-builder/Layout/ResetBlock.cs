using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// The boot code area of the image's first block: the reset vector's branch into the first stage, then, where nothing
/// executes, the first stage's size and SHA-256. Only inspect reads those two: nothing runs before the first stage.
/// </summary>
public readonly record struct ResetBlock(ulong FirstStageOffset, uint FirstStageSize, string FirstStageSha256)
{
    public const int Size = 64;
    private const uint Branch = 0x1400_0000;
    private const int MagicAt = 8;
    private const int SizeAt = 16;
    private const int DigestAt = 24;
    private static ReadOnlySpan<byte> Magic => "BHIMAGE1"u8;

    public static byte[] Make(ulong firstStageOffset, ReadOnlySpan<byte> firstStage)
    {
        byte[] block = new byte[Size];
        // A64 "b": imm26 words from the instruction itself (DDI 0487 C6.2.26). The image's first word is the reset vector.
        BinaryPrimitives.WriteUInt32LittleEndian(block, Branch | (uint)(firstStageOffset / 4));
        Magic.CopyTo(block.AsSpan(MagicAt));
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(SizeAt), (uint)firstStage.Length);
        SHA256.HashData(firstStage, block.AsSpan(DigestAt));
        return block;
    }

    /// <summary>Null when this is no block that <see cref="Make"/> made.</summary>
    public static ResetBlock? Read(ReadOnlySpan<byte> image)
    {
        if (image.Length < Size || !image[MagicAt..].StartsWith(Magic) || image[4..MagicAt].ContainsAnyExcept((byte)0)
            || image[(SizeAt + 4)..DigestAt].ContainsAnyExcept((byte)0) || image[(DigestAt + 32)..Size].ContainsAnyExcept((byte)0))
            return null;
        uint branch = BinaryPrimitives.ReadUInt32LittleEndian(image);
        if (branch >> 26 != Branch >> 26)
            return null;
        return new ResetBlock((branch & 0x3ff_ffff) * 4ul, BinaryPrimitives.ReadUInt32LittleEndian(image[SizeAt..]),
            Convert.ToHexStringLower(image.Slice(DigestAt, 32)));
    }
}
