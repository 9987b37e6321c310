using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using Bulkhead.Boot;
using Xunit;

namespace Bulkhead.Tests.Core;

public class GzipTests
{
    // The destination stands between guard bytes, which no input may change.
    private const int Guard = 512;

    [Fact]
    public void Inflates_what_the_BCL_deflates()
    {
        Random random = new(1);
        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            for (int round = 0; round < 120; round++)
            {
                byte[] plain = Sample(random, round < 100 ? random.Next(3000) : random.Next(400_000));
                byte[] packed = Pack(plain, level);
                (InflateStatus status, byte[] output) = Inflate(packed, plain.Length);
                Assert.Equal(InflateStatus.Ok, status);
                Assert.Equal(plain, output);
            }
        }
    }

    [Fact]
    public void Refuses_a_wrong_size()
    {
        byte[] plain = Sample(new Random(2), 5000);
        byte[] packed = Pack(plain, CompressionLevel.Optimal);
        Assert.Equal(InflateStatus.WrongSize, Inflate(packed, 5001).Status);
        Assert.Equal(InflateStatus.TooLong, Inflate(packed, 4999).Status);
        Assert.Equal(InflateStatus.TooLong, Inflate(packed, 0).Status);
    }

    [Fact]
    public void Refuses_trailing_bytes()
    {
        byte[] plain = Sample(new Random(2), 50);
        byte[] packed = Pack(plain, CompressionLevel.Optimal);
        Array.Resize(ref packed, packed.Length + 1);
        Assert.Equal(InflateStatus.TrailingBytes, Inflate(packed, 50).Status);
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            byte[] plain = Sample(new Random(3), 1500);
            byte[] packed = Pack(plain, level);
            for (int length = 0; length < packed.Length; length++)
                Assert.Equal(InflateStatus.Truncated, Inflate(packed.AsSpan(0, length), plain.Length).Status);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_refused_or_harmless()
    {
        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            byte[] plain = Sample(new Random(4), 900);
            byte[] packed = Pack(plain, level);
            for (int bit = 0; bit < packed.Length * 8; bit++)
            {
                byte[] damaged = (byte[])packed.Clone();
                damaged[bit / 8] ^= (byte)(1 << bit % 8);
                (InflateStatus status, byte[] output) = Inflate(damaged, plain.Length);
                if (status == InflateStatus.Ok)
                    Assert.Equal(plain, output);
            }
        }
    }

    // Random bits as a stream: whatever we accept, the BCL must decode to the same.
    [Fact]
    public void Agrees_with_the_BCL_on_noise()
    {
        Random random = new(5);
        int accepted = 0;
        for (int round = 0; round < 60_000; round++)
        {
            byte[] noise = new byte[random.Next(1, 120)];
            random.NextBytes(noise);
            // Half of them with a plausible beginning: last block, fixed or dynamic code.
            if (round % 2 == 0)
                noise[0] = (byte)(noise[0] & 0xf8 | (round % 4 == 0 ? 3 : 5));
            InflateTables tables = default;
            byte[] output = new byte[2000];
            Inflater inflater = new(noise, output, ref tables);
            NoPause none = default;
            InflateStatus status = inflater.Run(ref none);
            if (status != InflateStatus.Ok)
                continue;
            accepted++;
            using DeflateStream stream = new(new MemoryStream(noise), CompressionMode.Decompress);
            using MemoryStream expected = new();
            stream.CopyTo(expected);
            Assert.Equal(expected.ToArray(), output.AsSpan(0, inflater.Written).ToArray());
        }
        Assert.True(accepted > 100, $"only {accepted} accepted");
    }

    // And the other way round: damage in the middle of a stream, both refuse or both agree.
    [Fact]
    public void Agrees_with_the_BCL_on_damaged_streams()
    {
        Random random = new(6);
        for (int round = 0; round < 4000; round++)
        {
            byte[] plain = Sample(random, random.Next(1, 3000));
            byte[] packed = Pack(plain, (CompressionLevel)(round % 4)).AsSpan(10).ToArray();
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                packed[random.Next(packed.Length)] ^= (byte)(1 << random.Next(8));
            byte[]? expected;
            try
            {
                using DeflateStream stream = new(new MemoryStream(packed), CompressionMode.Decompress);
                using MemoryStream all = new();
                stream.CopyTo(all);
                expected = all.ToArray();
            }
            catch (InvalidDataException)
            {
                expected = null;
            }
            InflateTables tables = default;
            byte[] output = new byte[300_000];
            Inflater inflater = new(packed, output, ref tables);
            NoPause none = default;
            InflateStatus status = inflater.Run(ref none);
            if (expected is null)
                Assert.NotEqual(InflateStatus.Ok, status);
            else if (status == InflateStatus.Ok)
                Assert.Equal(expected, output.AsSpan(0, inflater.Written).ToArray());
            else
                // The BCL says nothing of a stream that stops early; all else it would have refused.
                Assert.True(status is InflateStatus.Truncated or InflateStatus.TooLong, status.ToString());
        }
    }

    [Fact]
    public void Reads_every_header_field()
    {
        byte[] plain = "text of the member"u8.ToArray();
        byte[] packed = Pack(plain, CompressionLevel.Optimal);
        foreach (int flags in new[] { 1, 4, 8, 16, 4 | 8, 8 | 16, 4 | 8 | 16, 2, 2 | 4 | 8 | 16 })
        {
            using MemoryStream header = new();
            header.Write([0x1f, 0x8b, 8, (byte)flags, 1, 2, 3, 4, 0, 3]);
            if ((flags & 4) != 0)
                header.Write([3, 0, 9, 9, 9]);
            if ((flags & 8) != 0)
                header.Write("name\0"u8);
            if ((flags & 16) != 0)
                header.Write("comment\0"u8);
            if ((flags & 2) != 0)
            {
                InflateTables tables = default;
                NoPause none = default;
                uint crc = Crc32.Compute(header.ToArray(), ref tables, ref none);
                header.Write([(byte)crc, (byte)(crc >> 8)]);
            }
            byte[] all = [.. header.ToArray(), .. packed.AsSpan(10)];
            (InflateStatus status, byte[] output) = Inflate(all, plain.Length);
            Assert.Equal(InflateStatus.Ok, status);
            Assert.Equal(plain, output);
            for (int length = 0; length < header.Length; length++)
                Assert.Equal(InflateStatus.Truncated, Inflate(all.AsSpan(0, length), plain.Length).Status);
            if ((flags & 2) != 0)
            {
                all[4] ^= 1;
                Assert.Equal(InflateStatus.BadHeaderCheck, Inflate(all, plain.Length).Status);
            }
        }
        packed[3] = 0x20;
        Assert.Equal(InflateStatus.BadHeader, Inflate(packed, plain.Length).Status);
    }

    internal static byte[] Pack(byte[] plain, CompressionLevel level)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, level))
            gzip.Write(plain);
        return plain.Length == 0 ? [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : stream.ToArray();
    }

    // Noise, runs, words and far repetitions in turns, so that every kind of block and match occurs.
    private static byte[] Sample(Random random, int length)
    {
        byte[] bytes = new byte[length];
        int at = 0;
        while (at < length)
        {
            int piece = Math.Min(random.Next(1, 2000), length - at);
            Span<byte> part = bytes.AsSpan(at, piece);
            switch (random.Next(5))
            {
                case 0:
                    random.NextBytes(part);
                    break;
                case 1:
                    part.Fill((byte)random.Next(256));
                    break;
                case 2:
                    int period = random.Next(2, 9);
                    for (int i = 0; i < piece; i++)
                        part[i] = (byte)(i % period * 37);
                    break;
                case 3:
                    byte[] words = Encoding.ASCII.GetBytes("the quick brown fox jumps over a lazy dog ");
                    for (int i = 0; i < piece; i++)
                        part[i] = words[(i + random.Next(2)) % words.Length];
                    break;
                default:
                    if (at > 0)
                    {
                        int distance = random.Next(1, Math.Min(at, 32768) + 1);
                        for (int i = 0; i < piece; i++)
                            bytes[at + i] = bytes[at + i - distance];
                    }
                    break;
            }
            at += piece;
        }
        return bytes;
    }

    private static (InflateStatus Status, byte[] Output) Inflate(ReadOnlySpan<byte> packed, int size)
    {
        byte[] memory = new byte[size + 2 * Guard];
        memory.AsSpan().Fill(0xa5);
        InflateTables tables = default;
        NoPause none = default;
        // Exactly as long as it says: a read past the end would fault or fail.
        byte[] source = packed.ToArray();
        InflateStatus status = Gzip.Inflate(source, memory.AsSpan(Guard, size), ref tables, ref none);
        Assert.Equal(-1, memory.AsSpan(0, Guard).IndexOfAnyExcept((byte)0xa5));
        Assert.Equal(-1, memory.AsSpan(Guard + size).IndexOfAnyExcept((byte)0xa5));
        return (status, memory.AsSpan(Guard, size).ToArray());
    }
}
