using System;
using System.Buffers.Binary;
using Bulkhead.Memory;
using Bulkhead.X86.FirstStage;
using Xunit;

namespace Bulkhead.HvCore.Tests.FirstStage;

/// <summary>The first stage's reader of the hypervisor's ELF file: what linkers make, and what damage makes of it.</summary>
public class ElfImageTests
{
    private const int RoomSize = 0x4000;
    private static readonly HostPhys At = new(0x20_0000);

    [Fact]
    public void Segments_stand_where_they_were_linked_to_and_the_rest_is_zero()
    {
        byte[] room = new byte[RoomSize];
        room.AsSpan().Fill(0xcc);
        Assert.True(ElfImage.TryLoad(Sample(), room, At, out HostPhys entry));
        Assert.Equal(At.Value + 0x1002, entry.Value);
        for (int i = 0; i < RoomSize; i++)
            Assert.Equal(i < 0x20 ? 0x11 : i is >= 0x1000 and < 0x1040 ? 0x22 : 0, room[i]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.False(ElfImage.TryLoad(Sample(), new byte[RoomSize - 1], At, out _));
        Assert.False(ElfImage.TryLoad(Sample().AsSpan(0, 0x203f), new byte[RoomSize], At, out _));
        // An entry in no segment's stored bytes; a segment below the first one; one longer in the file than in memory.
        Assert.False(ElfImage.TryLoad(With(24, 0xffff_ffff_8000_1040), new byte[RoomSize], At, out _));
        Assert.False(ElfImage.TryLoad(With(64 + 56 + 24, 0x3f_f000), new byte[RoomSize], At, out _));
        Assert.False(ElfImage.TryLoad(With(64 + 40, 0x1f), new byte[RoomSize], At, out _));
        Assert.False(ElfImage.TryLoad(With(18, 0xb7), new byte[RoomSize], At, out _));
    }

    [Fact]
    public void Damage_is_refused_or_stays_in_the_room()
    {
        Random random = new(7);
        byte[] room = new byte[RoomSize];
        for (int round = 0; round < 200_000; round++)
        {
            byte[] file = Sample();
            for (int i = random.Next(1, 4); i > 0; i--)
                file[random.Next(64 + 2 * 56)] = (byte)random.Next(256);
            if (ElfImage.TryLoad(file, room, At, out HostPhys entry))
                Assert.InRange(entry.Value, At.Value, At.Value + RoomSize);
        }
    }

    // Linked at the top 2 GiB, loaded at 4 MiB: a segment of constants, one of code that is larger in memory.
    private static byte[] Sample()
    {
        byte[] file = new byte[0x2040];
        Put(file, 0, 0x0001_0102_464c_457f);
        Put(file, 18, 62, 2);
        Put(file, 24, 0xffff_ffff_8000_1002);
        Put(file, 32, 64);
        Put(file, 54, 56, 2);
        Put(file, 56, 2, 2);
        Segment(file, 64, 0x1000, 0, 0x20, 0x20);
        Segment(file, 64 + 56, 0x2000, 0x1000, 0x40, 0x3000);
        file.AsSpan(0x1000, 0x20).Fill(0x11);
        file.AsSpan(0x2000, 0x40).Fill(0x22);
        return file;
    }

    private static void Segment(byte[] file, int header, ulong offset, ulong place, ulong stored, ulong size)
    {
        Put(file, header, 1, 4);
        Put(file, header + 8, offset);
        Put(file, header + 16, 0xffff_ffff_8000_0000 + place);
        Put(file, header + 24, 0x40_0000 + place);
        Put(file, header + 32, stored);
        Put(file, header + 40, size);
    }

    private static byte[] With(int at, ulong value)
    {
        byte[] file = Sample();
        Put(file, at, value, at == 18 ? 2 : 8);
        return file;
    }

    private static void Put(byte[] file, int at, ulong value, int bytes = 8)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        all[..bytes].CopyTo(file.AsSpan(at));
    }
}
