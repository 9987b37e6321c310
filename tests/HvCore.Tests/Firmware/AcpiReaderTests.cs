using System;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.X86.Firmware;
using Xunit;

namespace Bulkhead.Tests.Firmware;

public class AcpiReaderTests
{
    private static AcpiBuilder Pc(int entrySize = 8) => new AcpiBuilder { EntrySize = entrySize }
        .Table("SSDT", new byte[64])
        .Fadt(0x608)
        .Cpu(0).Cpu(2).Cpu(4, flags: 0).X2Cpu(0x300).X2Cpu(2).IoApic(0xfec0_0000, 0).IoApic(0xfec0_1000, 24)
        .Override(0, 2, 0).Override(9, 9, 0xd).Entry(4, 6, 0xff, 0, 0, 1)
        .Madt(0xfee0_0000)
        .Hpet(0xfed0_0000);

    private static AcpiError Read(MemoryPieces memory, out AcpiFacts facts)
    {
        facts = default;
        return AcpiReader.Read(in memory, new HostPhys(AcpiBuilder.Rsdp), ref facts);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Reads_the_facts(int entrySize)
    {
        Assert.Equal(AcpiError.None, Read(Pc(entrySize).Build(), out AcpiFacts facts));
        Assert.Equal([0u, 2, 0x300], ((ReadOnlySpan<uint>)facts.CpuId)[..facts.CpuCount].ToArray());
        Assert.Equal(0xfee0_0000ul, facts.LocalApic.Value);
        Assert.Equal(2, facts.IoApicCount);
        Assert.Equal((0xfec0_1000ul, 24u), (facts.IoApic[1].Address.Value, facts.IoApic[1].FirstGsi));
        Assert.Equal(0x608, facts.PmTimerPort);
        Assert.False(facts.PmTimerIs32Bit);
        Assert.Equal(0xfed0_0000ul, facts.Hpet.Value);
        Assert.True(facts.SignalOf(9) is { IsLevel: true, IsActiveLow: false });
        Assert.True(facts.SignalOf(4) is { IsLevel: false, IsActiveLow: false });
    }

    [Fact]
    public void The_extended_timer_block_wins_and_a_64_bit_local_apic_address_too()
    {
        AcpiBuilder acpi = new AcpiBuilder().Fadt(0x608, 0xb008, 1 << 8).Entry(5, 12, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0).Madt(0xfee0_0000);
        Assert.Equal(AcpiError.None, Read(acpi.Build(), out AcpiFacts facts));
        Assert.Equal(0xb008, facts.PmTimerPort);
        Assert.True(facts.PmTimerIs32Bit);
        Assert.Equal(0x1_0000_0000ul, facts.LocalApic.Value);
    }

    [Fact]
    public void Hardware_reduced_ACPI_has_no_timer()
    {
        Assert.Equal(AcpiError.None, Read(new AcpiBuilder().Fadt(0x608, flags: 1 << 20).Madt(1).Build(), out AcpiFacts facts));
        Assert.Equal(0, facts.PmTimerPort);
    }

    // With or without the flag that says the register is there (bit 10), on hardware-reduced platforms too (bit 20).
    [Theory]
    [InlineData(1u << 10, 0xcf9ul, 1, 0xcf9, 0x0f)]
    [InlineData(1u << 10 | 1u << 20, 0xb2ul, 1, 0xb2, 0x0f)]
    [InlineData(0u, 0xcf9ul, 1, 0, 0)]
    [InlineData(1u << 10, 0ul, 1, 0, 0)]
    [InlineData(1u << 10, 0x10000ul, 1, 0, 0)]
    [InlineData(1u << 10, 0xfed0_0000ul, 0, 0, 0)]
    [InlineData(1u << 10, 0xcf9ul, 2, 0, 0)]
    public void The_reset_register_is_taken_where_it_is_a_port(uint flags, ulong address, byte space, int port, int value)
    {
        Assert.Equal(AcpiError.None, Read(new AcpiBuilder().Fadt(0x608, flags: flags, reset: address, resetSpace: space).Madt(1).Build(), out AcpiFacts facts));
        Assert.Equal((port, value), (facts.ResetPort, facts.ResetValue));
    }

    [Fact]
    public void Says_what_is_missing()
    {
        Assert.Equal(AcpiError.NoMadt, Read(new AcpiBuilder().Fadt(0x608).Build(), out _));
        MemoryPieces memory = Pc().Build();
        AcpiFacts facts = default;
        Assert.Equal(AcpiError.NoRootPointer, AcpiReader.Read(in memory, default, ref facts));
        Assert.Equal(AcpiError.BadRootPointer, AcpiReader.Read(in memory, new HostPhys(0xf0000), ref facts));
        Assert.False(AcpiErrorText.Of(AcpiError.TooMany).IsEmpty);
    }

    [Fact]
    public void Too_many_is_an_error()
    {
        AcpiBuilder cpus = new();
        for (uint i = 0; i <= AcpiFacts.MaxCpus; i++)
            cpus.X2Cpu(i);
        Assert.Equal(AcpiError.TooMany, Read(cpus.Madt(0xfee0_0000).Build(), out _));
        AcpiBuilder controllers = new();
        for (uint i = 0; i <= AcpiFacts.MaxIoApics; i++)
            controllers.IoApic(0xfec0_0000 + i * 0x1000, i * 24);
        Assert.Equal(AcpiError.TooMany, Read(controllers.Madt(0xfee0_0000).Build(), out _));
    }

    // Every byte of what is read is under some checksum; the SSDT, which is not read, may be anything behind its header.
    [Fact]
    public void Every_flipped_bit_of_what_is_read_is_refused()
    {
        MemoryPieces memory = Pc().Build();
        foreach (byte[] piece in memory.Pieces)
        {
            bool isRead = !piece.AsSpan(0, 4).SequenceEqual("SSDT"u8);
            for (int bit = 0; bit < piece.Length * 8; bit++)
            {
                piece[bit / 8] ^= (byte)(1 << bit % 8);
                AcpiError error = Read(memory, out _);
                // A table under another name is another table: it is not read.
                bool isName = bit < 32 && !piece.AsSpan().StartsWith("RSD"u8) && !piece.AsSpan(1).StartsWith("SDT"u8);
                if (isRead && !isName)
                    Assert.NotEqual(AcpiError.None, error);
                piece[bit / 8] ^= (byte)(1 << bit % 8);
            }
        }
        Assert.Equal(AcpiError.None, Read(memory, out _));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Survives_damage_that_sums_up(int entrySize)
    {
        Random random = new(entrySize);
        for (int round = 0; round < 20_000; round++)
        {
            MemoryPieces memory = Pc(entrySize).Build();
            byte[][] pieces = [.. memory.Pieces];
            for (int change = random.Next(1, 10); change > 0; change--)
            {
                byte[] piece = pieces[random.Next(pieces.Length)];
                piece[random.Next(piece.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(16));
            }
            foreach (byte[] piece in pieces.Where(piece => piece.Length > 36))
                AcpiBuilder.Sealed(piece, 9);
            Read(memory, out AcpiFacts facts);
            Assert.InRange(facts.CpuCount, 0, AcpiFacts.MaxCpus);
            Assert.InRange(facts.IoApicCount, 0, AcpiFacts.MaxIoApics);
            Assert.InRange(facts.OverrideCount, 0, AcpiFacts.MaxOverrides);
        }
    }

    [Fact]
    public void Survives_every_truncation()
    {
        int count = Pc().Build().Pieces.Count();
        for (int victim = 0; victim < count; victim++)
        {
            byte[][] pieces = [.. Pc().Build().Pieces];
            for (int length = 0; length < pieces[victim].Length; length++)
            {
                MemoryPieces memory = new();
                for (int i = 0; i < count; i++)
                {
                    ulong address = i switch { 0 => AcpiBuilder.Rsdp, 1 => AcpiBuilder.Root, _ => AcpiBuilder.First + (ulong)(i - 2) * 0x1000 };
                    memory.Add(address, i == victim ? pieces[i][..length] : pieces[i]);
                }
                bool isUnread = pieces[victim].AsSpan().StartsWith("SSDT"u8) && length >= 36;
                Assert.Equal(isUnread, Read(memory, out _) == AcpiError.None);
            }
        }
    }
}
