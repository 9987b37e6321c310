using System.Buffers.Binary;

namespace Bulkhead.ImageBuilder.Tests.Kernels;

/// <summary>A file with a bzImage's setup header and a payload.</summary>
internal static class BzImageFile
{
    public const ulong Load = 0x100_0000;
    public const uint InitSize = 0x80_0000;

    public static byte[] Make(byte[] payload, ushort version = 0x20f, ushort loadFlags = 1)
    {
        const int Sectors = 4, Offset = 0x100;
        byte[] file = new byte[(Sectors + 1) * 512 + Offset + payload.Length];
        file[0x1f1] = Sectors;
        file[0x201] = 0x6a;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x206), version);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x236), loadFlags);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x248), Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x24c), (uint)payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x258), Load);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x260), InitSize);
        payload.CopyTo(file, (Sectors + 1) * 512 + Offset);
        return file;
    }
}
