using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Firmware;
using Xunit;

namespace Bulkhead.Tests.Firmware;

public class LoaderReaderTests
{
    private const ulong Information = 0x9500, Map = 0xa000;

    private static readonly (ulong Start, ulong Bytes, uint Type)[] _map =
        [(0, 0x9_fc00, 1), (0xf_0000, 0x1_0000, 2), (0x10_0000, 0x3fee_0000, 1), (0x3ffe_0000, 0x2_0000, 3), (0x1_0000_0000, 0x8000_0000, 1)];

    private static byte[] Range((ulong Start, ulong Bytes, uint Type) range) =>
        [.. BitConverter.GetBytes(range.Start), .. BitConverter.GetBytes(range.Bytes), .. BitConverter.GetBytes(range.Type), 0, 0, 0, 0];

    private static byte[] Multiboot(params (uint Type, byte[] Body)[] tags)
    {
        List<byte> block = [0, 0, 0, 0, 0, 0, 0, 0];
        foreach ((uint type, byte[] body) in tags)
        {
            block.AddRange([.. BitConverter.GetBytes(type), .. BitConverter.GetBytes((uint)body.Length + 8), .. body]);
            block.AddRange(new byte[-block.Count & 7]);
        }
        byte[] bytes = [.. block];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)bytes.Length);
        return bytes;
    }

    private static byte[] Multiboot() => Multiboot(
        (1, "bulkhead\0"u8.ToArray()), (15, [.. "RSD PTR "u8, .. new byte[28]]), (14, new byte[20]),
        (6, [24, 0, 0, 0, 0, 0, 0, 0, .. _map.SelectMany(Range)]), (0, []));

    private static byte[] Pvh(uint version = 1)
    {
        byte[] block = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(block, 0x336ec578);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), version);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(32), 0xf_5b70);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(40), Map);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(48), (uint)_map.Length);
        return block;
    }

    private static void AssertMemory(in LoaderFacts facts)
    {
        HostRange[] found = ((ReadOnlySpan<HostRange>)facts.Memory)[..facts.MemoryCount].ToArray();
        Assert.Equal(_map.Where(range => range.Type == 1).Select(range => (range.Start, range.Bytes)), found.Select(range => (range.Base.Value, range.Size)));
    }

    private static LoaderError ReadMultiboot(byte[] block, out LoaderFacts facts)
    {
        facts = default;
        MemoryPieces memory = new MemoryPieces().Add(Information, block);
        return Multiboot2Reader.Read(in memory, new HostPhys(Information), ref facts);
    }

    private static LoaderError ReadPvh(byte[] block, byte[] map, out LoaderFacts facts)
    {
        facts = default;
        MemoryPieces memory = new MemoryPieces().Add(Information, block).Add(Map, map);
        return PvhReader.Read(in memory, new HostPhys(Information), ref facts);
    }

    [Fact]
    public void Reads_multiboot2()
    {
        byte[] block = Multiboot();
        Assert.Equal(LoaderError.None, ReadMultiboot(block, out LoaderFacts facts));
        AssertMemory(in facts);
        Assert.Equal((ulong)block.AsSpan().IndexOf("RSD PTR "u8), facts.Rsdp.Value - Information);
    }

    [Fact]
    public void Reads_PVH()
    {
        Assert.Equal(LoaderError.None, ReadPvh(Pvh(), [.. _map.SelectMany(Range)], out LoaderFacts facts));
        AssertMemory(in facts);
        Assert.Equal(0xf_5b70ul, facts.Rsdp.Value);
        Assert.Equal(LoaderError.Damaged, ReadPvh(Pvh(version: 0), [.. _map.SelectMany(Range)], out _));
        Assert.Equal(LoaderError.NoLoader, ReadPvh(new byte[56], [], out _));
    }

    [Fact]
    public void A_later_version_may_have_longer_map_entries()
    {
        byte[] body = [40, 0, 0, 0, 1, 0, 0, 0, .. _map.SelectMany(range => (byte[])[.. Range(range), .. new byte[16]])];
        Assert.Equal(LoaderError.None, ReadMultiboot(Multiboot((6, body), (0, [])), out LoaderFacts facts));
        AssertMemory(in facts);
    }

    [Fact]
    public void Ranges_that_wrap_are_not_memory_and_too_many_are_cut()
    {
        byte[] wrap = [.. Range((0xffff_ffff_ffff_f000, 0x2000, 1)), .. Range((0x1000, ulong.MaxValue, 1)), .. Range((0x1000, 0, 1))];
        Assert.Equal(LoaderError.None, ReadMultiboot(Multiboot((6, [24, 0, 0, 0, 0, 0, 0, 0, .. wrap]), (0, [])), out LoaderFacts facts));
        Assert.Equal(0, facts.MemoryCount);
        byte[] many = [.. Enumerable.Range(0, 100).SelectMany(i => Range(((ulong)i << 20, 0x1000, 1)))];
        Assert.Equal(LoaderError.None, ReadMultiboot(Multiboot((6, [24, 0, 0, 0, 0, 0, 0, 0, .. many]), (0, [])), out facts));
        Assert.Equal(LoaderFacts.MaxMemory, facts.MemoryCount);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] block = Multiboot();
        for (int length = 0; length < block.Length; length++)
        {
            byte[] shorter = block[..length];
            Assert.Equal(LoaderError.Damaged, ReadMultiboot(shorter, out _));
            if (length >= 4)
                BinaryPrimitives.WriteUInt32LittleEndian(shorter, (uint)length);
            Assert.Equal(LoaderError.Damaged, ReadMultiboot(shorter, out _));
        }
    }

    [Fact]
    public void Survives_random_damage()
    {
        Random random = new(3);
        byte[] map = [.. _map.SelectMany(Range)];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] block = round % 2 == 0 ? Multiboot() : Pvh();
            for (int change = random.Next(1, 8); change > 0; change--)
                block[random.Next(block.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(32));
            LoaderError _ = round % 2 == 0 ? ReadMultiboot(block, out LoaderFacts facts) : ReadPvh(block, map, out facts);
            Assert.InRange(facts.MemoryCount, 0, LoaderFacts.MaxMemory);
        }
    }
}
