using System.Buffers.Binary;
using System.Text;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>As much of ACPI's machine language (ACPI 6.5, 20.2) as says which devices there are.</summary>
public sealed class AmlWriter
{
    private const byte NameOp = 0x08, ByteConst = 0x0a, WordConst = 0x0b, DWordConst = 0x0c, StringPrefix = 0x0d, ScopeOp = 0x10, BufferOp = 0x11, PackageOp = 0x12;
    private const byte ExtendedOp = 0x5b, DeviceOp = 0x82;

    private readonly MemoryStream _bytes = new();

    public byte[] Finish() => _bytes.ToArray();

    /// <param name="path">"\_SB_" or "_HID": segments of four characters.</param>
    public AmlWriter Name(string path, byte[] value)
    {
        _bytes.WriteByte(NameOp);
        _bytes.Write(Encoding.ASCII.GetBytes(path));
        _bytes.Write(value);
        return this;
    }

    public AmlWriter Scope(string path, AmlWriter content) => Block([ScopeOp], path, content);

    public AmlWriter Device(string name, AmlWriter content) => Block([ExtendedOp, DeviceOp], name, content);

    public static byte[] Integer(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return value switch
        {
            0 or 1 => [(byte)value],
            <= byte.MaxValue => [ByteConst, bytes[0]],
            <= ushort.MaxValue => [WordConst, .. bytes[..2]],
            _ => [DWordConst, .. bytes],
        };
    }

    /// <summary>A compressed EISA identifier, "PNP0501" (ACPI 6.5, 19.3.4): letters of five bits, then hexadecimal digits, big endian.</summary>
    public static byte[] EisaId(string id)
    {
        ushort letters = (ushort)((id[0] - '@') << 10 | (id[1] - '@') << 5 | (id[2] - '@'));
        ushort product = Convert.ToUInt16(id[3..], 16);
        return [DWordConst, (byte)(letters >> 8), (byte)letters, (byte)(product >> 8), (byte)product];
    }

    public static byte[] Text(string text) => [StringPrefix, .. Encoding.ASCII.GetBytes(text), 0];

    public static byte[] Package(params byte[][] elements)
    {
        byte[] content = [(byte)elements.Length, .. elements.SelectMany(element => element)];
        return [PackageOp, .. Length(content.Length), .. content];
    }

    public static byte[] Buffer(params byte[] content)
    {
        byte[] size = Integer((uint)content.Length);
        return [BufferOp, .. Length(size.Length + content.Length), .. size, .. content];
    }

    private AmlWriter Block(byte[] opcode, string path, AmlWriter content)
    {
        byte[] inside = [.. Encoding.ASCII.GetBytes(path), .. content.Finish()];
        _bytes.Write([.. opcode, .. Length(inside.Length), .. inside]);
        return this;
    }

    // PkgLength counts itself (ACPI 6.5, 20.2.4): one byte up to 63, else a nibble and up to three bytes more.
    private static byte[] Length(int content)
    {
        if (content + 1 < 1 << 6)
            return [(byte)(content + 1)];
        int more = content + 2 < 1 << 12 ? 1 : content + 3 < 1 << 20 ? 2 : 3;
        int length = content + 1 + more;
        byte[] bytes = new byte[1 + more];
        bytes[0] = (byte)(more << 6 | length & 0xf);
        for (int i = 0; i < more; i++)
            bytes[1 + i] = (byte)(length >> (4 + 8 * i));
        return bytes;
    }
}
