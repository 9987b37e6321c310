using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;
using Xunit;

namespace Bulkhead.HvCore.Tests.Decode;

public sealed class PageWalkTests
{
    private const ulong Accessed = 0x20, Dirty = 0x40, Writable = 2, User = 4;
    private const ulong WriteProtect = 1 << 16, Smap = 1 << 21, Ac = 1 << 18;

    public static IEnumerable<object[]> Kinds() => Enum.GetValues<PagingKind>().Select(kind => new object[] { kind });

    /// <summary>Address, rights, error code, accessed and dirty bits against the tree that the tables were written from.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_walk_says_what_the_tables_say(PagingKind kind)
    {
        var random = new Random(6);
        int found = 0, refused = 0;
        for (int round = 0; round < 25; round++)
        {
            var machine = new TestMachine();
            var tables = new TableWriter(machine, kind, random);
            List<ulong> addresses = Fill(tables, random);
            for (int i = 0; i < 200; i++)
            {
                ulong linear = random.Next(4) == 0
                    ? (ulong)random.NextInt64() & tables.LinearMask
                    : addresses[random.Next(addresses.Count)] ^ (ulong)(uint)random.Next(1 << 13);
                machine.Cr0 = machine.Cr0 & ~WriteProtect | (random.Next(2) == 0 ? WriteProtect : 0);
                machine.Cr4 = machine.Cr4 & ~Smap | (random.Next(2) == 0 ? Smap : 0);
                ulong rflags = random.Next(2) == 0 ? Ac : 0;
                var access = (LinearAccess)(random.Next(4) << 1);
                if (Check(machine, tables, linear, access, rflags))
                    found++;
                else
                    refused++;
            }
        }
        Assert.True(found > 1000 && refused > 500, $"{found} found, {refused} refused");
    }

    /// <summary>What the CPU has fetched is found without rights, and without a mark left behind.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Instruction_bytes_are_those_at_the_linear_address(PagingKind kind)
    {
        var random = new Random(7);
        int across = 0;
        for (int round = 0; round < 600; round++)
        {
            var machine = new TestMachine { Mode = kind >= PagingKind.Levels4 ? CpuMode.Bits64 : CpuMode.Bits32 };
            var tables = new TableWriter(machine, kind, random);
            ulong page = (ulong)random.NextInt64() & tables.LinearMask & ~0xffful;
            ulong first = TestMachine.RamBase + (ulong)(uint)random.Next(TestMachine.RamPages / 2, TestMachine.RamPages) * 4096;
            ulong second = TestMachine.RamBase + (ulong)(uint)random.Next(TestMachine.RamPages / 2, TestMachine.RamPages) * 4096;
            int last = kind switch { PagingKind.Bits32 => 1, PagingKind.Pae => 2, PagingKind.Levels4 => 3, _ => 4 };
            tables.Map(page, first, last, tables.RandomRights());
            bool hasSecond = random.Next(2) == 0;
            if (hasSecond)
                tables.Map(page + 4096 & tables.LinearMask, second, last, tables.RandomRights());
            Span<byte> code = new byte[32];
            random.NextBytes(code);
            int offset = random.Next(3) == 0 ? random.Next(4096 - 16) : 4096 - random.Next(1, 20);
            for (int i = 0; i < 16; i++)
            {
                ulong home = offset + i < 4096 ? first : second;
                machine.Ram[(int)(home - TestMachine.RamBase) + (offset + i & 4095)] = code[i];
            }
            // The second page may be the same RAM as the first: the bytes are what lies there.
            for (int i = 0; i < 16; i++)
                code[i] = machine.Ram[(int)((offset + i < 4096 ? first : second) - TestMachine.RamBase) + (offset + i & 4095)];

            byte[] before = [.. machine.Ram];
            var guest = new TestGuest(machine);
            InstructionBytes bytes = default;
            FetchedInstruction fetched = default;
            ulong linear = page + (ulong)(uint)offset;
            Assert.True(InstructionFetch<TestGuest>.TryFetch(ref guest, linear, ref bytes));
            fetched.Fetch(ref guest, linear);
            int expected = hasSecond ? 15 : Math.Min(15, 4096 - offset);
            Assert.Equal((uint)expected, bytes.Length);
            Assert.Equal((uint)expected, fetched.Bytes.Length);
            for (int i = 0; i < expected; i++)
                Assert.Equal((code[i], code[i]), (bytes[(uint)i], fetched.Bytes[(uint)i]));
            Assert.Equal(before, machine.Ram);
            across += expected > 4096 - offset ? 1 : 0;
        }
        Assert.True(across > 60, $"only {across} across two pages");
    }

    [Fact]
    public void Without_paging_linear_is_physical()
    {
        var machine = new TestMachine { Cr0 = 1, Efer = 0, Mode = CpuMode.Bits32 };
        machine.Ram[0x1234] = 0x90;
        var guest = new TestGuest(machine);
        InstructionBytes bytes = default;
        Assert.True(InstructionFetch<TestGuest>.TryFetch(ref guest, TestMachine.RamBase + 0x1234, ref bytes));
        Assert.Equal(0x90, bytes[0]);
        Assert.False(InstructionFetch<TestGuest>.TryFetch(ref guest, 0xfee0_0000, ref bytes));
    }

    /// <summary>One access per entry and one for the bytes: nothing can change between two looks at the same thing.</summary>
    [Fact]
    public void Everything_is_read_once()
    {
        int opened = 0;
        var machine = new TestMachine();
        var tables = new TableWriter(machine, PagingKind.Levels4, new Random(8));
        tables.Map(0x7000, TestMachine.RamBase + 0x30000, 3, 0);
        machine.Meanwhile = () => opened++;
        var guest = new TestGuest(machine);
        FetchedInstruction fetched = default;
        InstructionBytes bytes = default;
        fetched.Fetch(ref guest, 0x7008);
        Assert.Equal(5, opened);
        Assert.True(InstructionFetch<TestGuest>.TryFetch(ref guest, 0x7008, ref bytes));
        Assert.Equal(10, opened);
    }

    /// <summary>Entries that change under the walk, to anything at all: some answer comes, and none of it is believed.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Racing_tables_cannot_lead_out_of_RAM(PagingKind kind)
    {
        var random = new Random(9);
        for (int round = 0; round < 600; round++)
        {
            var machine = new TestMachine { Mode = kind >= PagingKind.Levels4 ? CpuMode.Bits64 : CpuMode.Bits32 };
            var tables = new TableWriter(machine, kind, random);
            tables.Map(0x7000, TestMachine.RamBase + 0x30000, 4, 6);
            foreach ((ulong address, _) in tables.Path(0x7000))
                machine.SetEntry(address, (ulong)random.NextInt64() << 1 | 1, tables.EntryBytes);
            machine.Meanwhile = () =>
            {
                int at = random.Next(8 * 4096) & ~7;
                machine.SetEntry(TestMachine.RamBase + (ulong)(uint)at, (ulong)random.NextInt64(1 << 22) | 1);
            };
            var guest = new TestGuest(machine);
            Emulation emulation = default;
            GuestRegisters registers = default;
            foreach (ulong rip in new ulong[] { 0x7ff8, 0x7f00, 0x7f00 })
            {
                registers.Rip = rip;
                Emulator<TestGuest>.StringPort(ref guest, ref emulation, ref registers);
                registers.Rip = rip;
                Emulator<TestGuest>.Access(ref guest, ref emulation, ref registers, new(0x1000));
            }
            PageWalk<TestGuest>.Translate(ref guest, 0x7ff8, LinearAccess.Write, 0, out _, out _);
        }
    }

    private static List<ulong> Fill(TableWriter tables, Random random)
    {
        List<ulong> addresses = [];
        for (int i = 0; i < 12; i++)
        {
            ulong linear = (ulong)random.NextInt64() & tables.LinearMask;
            if (addresses.Count != 0 && random.Next(2) == 0)
                linear = addresses[^1] ^ 1ul << random.Next(12, 34) & tables.LinearMask;
            tables.Map(linear, (ulong)random.NextInt64(), tables.RandomLevel(), tables.RandomRights());
            addresses.Add(linear);
        }
        return addresses;
    }

    // True when the address was found.
    private static bool Check(TestMachine machine, TableWriter tables, ulong linear, LinearAccess access, ulong rflags)
    {
        linear &= tables.LinearMask;
        byte[] expectedRam = [.. machine.Ram];
        List<(ulong Address, TableWriter.Entry Entry)> path = tables.Path(linear);
        bool complete = tables.IsComplete(path);
        ulong rights = User | Writable;
        foreach ((_, TableWriter.Entry entry) in path.Where(step => tables.HasRights(step.Entry)))
            rights &= entry.Bits;
        bool allowed = complete && IsAllowed(machine, rights, access, rflags);

        var guest = new TestGuest(machine);
        WalkStatus status = PageWalk<TestGuest>.Translate(ref guest, linear, access, rflags, out GuestPhys physical, out PageFault fault);
        string name = $"{linear:x} {access}, rights {rights:x}, CR0 {machine.Cr0:x}, CR4 {machine.Cr4:x}";
        Assert.True(status == (allowed ? WalkStatus.Ok : WalkStatus.Fault), $"{name}: {status}");
        if (allowed)
        {
            Assert.True(physical.Value == tables.Physical(path, linear), $"{name}: {physical.Value:x}");
        }
        else
        {
            Assert.Equal(linear, fault.Address);
            Assert.Equal(access | (complete ? LinearAccess.Present : 0), fault.Code);
        }
        Assert.True(MarksOf(machine, tables, path, expectedRam, allowed, access), $"{name}: accessed and dirty");
        return allowed;
    }

    private static bool IsAllowed(TestMachine machine, ulong rights, LinearAccess access, ulong rflags)
    {
        bool userPage = (rights & User) != 0, writablePage = (rights & Writable) != 0;
        bool write = access.HasFlag(LinearAccess.Write);
        if (access.HasFlag(LinearAccess.User))
            return userPage && (writablePage || !write);
        bool smapForbids = userPage && (machine.Cr4 & Smap) != 0 && rflags != Ac;
        bool writeForbidden = write && !writablePage && (machine.Cr0 & WriteProtect) != 0;
        return !smapForbids && !writeForbidden;
    }

    // Nothing else changes; entries on the way may be marked whatever the end, the leaf only by an access that is allowed.
    private static bool MarksOf(
        TestMachine machine, TableWriter tables, List<(ulong Address, TableWriter.Entry Entry)> path, byte[] before, bool allowed,
        LinearAccess access)
    {
        foreach ((ulong address, TableWriter.Entry entry) in path)
        {
            bool isLeaf = entry.Below is null;
            ulong now = machine.Entry(address, tables.EntryBytes);
            bool counts = tables.HasRights(entry) && (!isLeaf || allowed);
            if (counts && (now & Accessed) == 0)
                return false;
            if (isLeaf && allowed && access.HasFlag(LinearAccess.Write) && (now & Dirty) == 0)
                return false;
            int at = (int)(address - TestMachine.RamBase);
            before[at] |= (byte)(counts ? Accessed : 0);
            before[at] |= (byte)(isLeaf && allowed && access.HasFlag(LinearAccess.Write) ? Dirty : 0);
        }
        return before.AsSpan().SequenceEqual(machine.Ram);
    }
}
