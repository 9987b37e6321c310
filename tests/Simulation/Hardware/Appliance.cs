using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Simulation.Hardware;

/// <summary>A random sound manifest as its appliance table, and the image with it: neighbours touch where they may.</summary>
internal sealed class Appliance
{
    public const ulong PageSize = 4096, RamStart = 0x4000_0000, HypervisorSize = 2 << 20, DeviceStart = 0x0a00_0000;
    private const ulong SlotSize = 256 << 10, TableSlot = 64 << 10;
    private const int GuestPages = 1536;

    public readonly CpuArchitecture Architecture;
    public ApplianceTable Table;
    public FirstStageConfig Config;
    public readonly byte[] Image;

    /// <summary>Each guest's RAM as its package leaves it, by board page; what is not here is zero.</summary>
    public readonly Dictionary<ulong, byte[]>[] Fresh;

    /// <summary>The seeds of each guest: what a load fills with bytes nobody knows.</summary>
    public readonly List<HostRange>[] Seeds;

    /// <summary>Where each guest begins.</summary>
    public readonly ulong[] Entry;

    private readonly Dice _dice;

    public Appliance(Dice dice, CpuArchitecture architecture)
    {
        _dice = dice;
        Architecture = architecture;
        int guests = dice.Between(1, 3), cpus = 0;
        Fresh = new Dictionary<ulong, byte[]>[guests];
        Seeds = new List<HostRange>[guests];
        Entry = new ulong[guests];
        Image = new byte[(ulong)guests * SlotSize + SlotSize];
        Table = default;
        Table.Magic = ApplianceTable.ExpectedMagic;
        Table.Version = ApplianceTable.CurrentVersion;
        Table.Size = (uint)Unsafe.SizeOf<ApplianceTable>();
        Table.ApplianceName = Name("simulated");
        Table.GuestCount = (uint)guests;
        MakeBoard();
        List<ulong> free = [];
        for (int page = 0; page < GuestPages; page++)
            free.Add(RamStart + HypervisorSize + (ulong)page * PageSize);
        for (int guest = 0; guest < guests; guest++)
        {
            Fresh[guest] = [];
            Seeds[guest] = [];
            MakeGuest(guest, guests - 1 - guest, ref cpus, free);
        }
        // Sometimes one CPU more than vCPUs.
        Table.Board.CpuCount = (uint)Math.Min(cpus + dice.Next(2), ApplianceTable.MaxCpus);
        for (int cpu = 0; cpu < (int)Table.Board.CpuCount; cpu++)
            Table.Board.CpuId[cpu] = (ulong)cpu;
        for (int guest = 0; guest < guests; guest++)
            MakePackage(guest);
        StoreTable();
    }

    public int Cpus => (int)Table.Board.CpuCount;
    public int Guests => (int)Table.GuestCount;

    public ImageRange Slot(int guest) => Table.Guest[guest].SlotA;

    private void MakeBoard()
    {
        ref BoardFacts board = ref Table.Board;
        board.Name = Name("simulation");
        board.Architecture = Architecture;
        board.RamRangeCount = 1;
        board.Ram[0] = Range(RamStart, HypervisorSize + GuestPages * PageSize);
        board.HypervisorRam = Range(RamStart, HypervisorSize);
        board.ImageSize = (ulong)Image.Length;
        if (Architecture == CpuArchitecture.Arm64)
        {
            board.Arm64.Flash = new(0x1000_0000);
            board.Arm64.Uart = new(0x0900_0000);
            board.Arm64.Gicd = new(0x0800_0000);
            board.Arm64.Gicr = new(0x080a_0000);
            board.Arm64.GicrStride = 0x2_0000;
            board.Arm64.UartIntId = 33;
        }
        else
        {
            board.X86 = new() { LocalApic = new(0xfee0_0000), IoApic = new(0xfec0_0000), UartPort = 0x3f8, UartGsi = 4, DiskPort = 0x1f0, DiskControlPort = 0x3f6 };
        }
    }

    // Each that comes behind it has a CPU, too.
    private void MakeGuest(int index, int behind, ref int cpus, List<ulong> free)
    {
        ref GuestEntry guest = ref Table.Guest[index];
        guest.Name = Name($"guest{index}");
        guest.Flags = _dice.OneIn(8) ? GuestFlags.None : GuestFlags.AutoStart;
        guest.Restart = new()
        {
            On = (RestartReasons)_dice.Next(16),
            DelayMilliseconds = (uint)_dice.Next(20),
            Limit = (uint)_dice.Next(6),
            WindowSeconds = (uint)_dice.Between(1, 3),
            Last = _dice.OneIn(10) ? LastResort.BoardReset : LastResort.SafeStop,
        };
        guest.Update = new() { Tries = 3, ConfirmMilliseconds = 1000 };
        guest.After = index > 0 && _dice.OneIn(3) ? 1u << _dice.Next(index) : 0;
        guest.VcpuCount = (uint)Math.Min(_dice.Between(1, 3), ApplianceTable.MaxCpus - cpus - behind);
        for (int i = 0; i < (int)guest.VcpuCount; i++)
            guest.Cpu[i] = (uint)cpus++;
        ulong at = 0x4000_0000;
        int mappings = _dice.Between(1, 3);
        for (int i = 0; i < mappings; i++)
        {
            int pages = _dice.Between(i == 0 ? 12 : 1, 40);
            // Beside the neighbour's, or somewhere else.
            int first = _dice.Next(2) == 0 ? 0 : _dice.Next(free.Count / 2);
            while (free[first + pages - 1] - free[first] != (ulong)(pages - 1) * PageSize)
                first++;
            guest.Mapping[i] = new() { Guest = new(at), Host = new(free[first]), Size = (ulong)pages * PageSize, Kind = MappingKind.Ram };
            free.RemoveRange(first, pages);
            // What touches in the guest need not on the board.
            at += (ulong)pages * PageSize + (_dice.Next(2) == 0 ? 0 : (ulong)_dice.Next(1 << 16) * PageSize);
        }
        if (_dice.Next(2) == 0)
        {
            ulong device = DeviceStart + (ulong)index * PageSize;
            guest.Mapping[mappings++] = new() { Guest = new(device), Host = new(device), Size = PageSize, Kind = MappingKind.Device };
        }
        guest.MappingCount = (uint)mappings;
        guest.SlotA = new() { Offset = SlotSize * (ulong)(index + 1), Size = SlotSize };
        MakeInterrupts(index, ref guest);
        bool watched = _dice.Next(2) == 0;
        if (watched)
            guest.Watchdog = new() { Timeout = (uint)_dice.Between(20, 60), PreTimeout = (uint)_dice.Next(20), Boot = (uint)_dice.Of(0, 60, 60) };
        if (Architecture == CpuArchitecture.Arm64)
            guest.Arm64 = new() { Gicd = new(0x0800_0000), Gicr = new(0x080a_0000), Uart = new(0x0900_0000), UartIntId = 33, IntIdCount = 96, WatchdogControl = new(watched ? 0x0b00_0000ul : 0), WatchdogRefresh = new(watched ? 0x0b01_0000ul : 0), WatchdogIntId = watched ? 35u : 0 };
        else
            guest.X86 = new() { LocalApic = new(0xfee0_0000), IoApic = new(0xfec0_0000), UartPort = 0x3f8, UartGsi = 4, SleepPort = 0x600, ResetPort = 0x602, WatchdogPort = watched ? 0x610u : 0 };
    }

    private void MakeInterrupts(int index, ref GuestEntry guest)
    {
        bool arm = Architecture == CpuArchitecture.Arm64;
        guest.InterruptCount = (uint)_dice.Next(4);
        for (uint i = 0; i < guest.InterruptCount; i++)
        {
            uint physical = (uint)index * 4 + i + (arm ? 40u : 8u);
            // As on the board, or another of the guest's own.
            uint seen = arm ? _dice.Next(2) == 0 ? physical : 64 + i : 8 + i;
            guest.Interrupt[(int)i] = new() { PhysicalIntId = physical, VirtualIntId = seen, Edge = (uint)_dice.Next(2) };
        }
    }

    private void MakePackage(int index)
    {
        ref GuestEntry guest = ref Table.Guest[index];
        PackageHeader header = default;
        header.Magic = PackageHeader.ExpectedMagic;
        header.Version = PackageHeader.CurrentVersion;
        header.HeaderSize = (uint)Unsafe.SizeOf<PackageHeader>();
        header.GuestName = guest.Name;
        header.BoardName = Table.Board.Name;
        header.EntryKind = Architecture == CpuArchitecture.Arm64 ? EntryKind.Arm64Image : EntryKind.Pvh;
        int at = PackageHeader.StoredSize;
        ref GuestMapping ram = ref guest.Mapping[0];
        byte[] kernel = Bytes(_dice.Between(100, 9000)), info = Bytes(_dice.Between(256, 4000));
        // At the first byte or not; the boot information up to the last one or not.
        ulong load = ram.Guest.Value + (ulong)_dice.Next(2) * 0x800;
        ulong tail = ram.Guest.Value + ram.Size - (ulong)info.Length / 8 * 8 - 8;
        Add(index, ref header, ref at, SegmentKind.Kernel, load, kernel);
        Add(index, ref header, ref at, SegmentKind.BootInfo, _dice.Next(2) == 0 ? tail : tail & ~(PageSize - 1) - 3 * PageSize, info);
        if (guest.MappingCount > 1 && guest.Mapping[1].Kind == MappingKind.Ram)
            Add(index, ref header, ref at, SegmentKind.Initrd, guest.Mapping[1].Guest.Value, Bytes((int)Math.Min(guest.Mapping[1].Size, 6000)));
        header.Entry = header.Segment[0].Load;
        Entry[index] = header.Entry.Value;
        header.BootInfo = header.Segment[1].Load;
        header.RngSeed = header.BootInfo + 64;
        header.RngSeedSize = 32;
        header.KaslrSeed = header.BootInfo + 128;
        header.KaslrSeedSize = 8;
        Seed(index, header.RngSeed, header.RngSeedSize);
        Seed(index, header.KaslrSeed, header.KaslrSeedSize);
        byte[] bytes = MemoryMarshal.AsBytes(new Span<PackageHeader>(ref header)).ToArray();
        SHA256.HashData(bytes.AsSpan(48)).CopyTo(bytes.AsSpan(16));
        bytes.CopyTo(Image, (int)guest.SlotA.Offset);
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        // Half of it repeats, so that packing has something to do.
        _dice.Fill(bytes.AsSpan(0, count / 2));
        return bytes;
    }

    private void Add(int index, ref PackageHeader header, ref int at, SegmentKind kind, ulong load, byte[] plain)
    {
        bool gzip = _dice.Next(2) == 0;
        byte[] stored = gzip ? Pack(plain) : plain;
        stored.CopyTo(Image, (int)Table.Guest[index].SlotA.Offset + at);
        ref PackageSegment segment = ref header.Segment[(int)header.SegmentCount++];
        segment.Load = new(load);
        segment.StoredOffset = (ulong)at;
        segment.StoredSize = (ulong)stored.Length;
        segment.LoadedSize = (ulong)plain.Length;
        segment.Kind = kind;
        segment.Compression = gzip ? Compression.Gzip : Compression.None;
        SHA256.HashData(plain).CopyTo(MemoryMarshal.CreateSpan(ref segment.Digest[0], 32));
        header.StoredBytes += segment.StoredSize;
        header.LoadedBytes += segment.LoadedSize;
        at = (at + stored.Length + 4095) / 4096 * 4096;
        for (int i = 0; i < plain.Length; i++)
        {
            ulong host = HostOf(index, load + (ulong)i);
            ulong page = host & ~(PageSize - 1);
            if (!Fresh[index].TryGetValue(page, out byte[]? content))
                Fresh[index].Add(page, content = new byte[PageSize]);
            content[host - page] = plain[i];
        }
    }

    private void Seed(int index, GuestPhys where, uint bytes) => Seeds[index].Add(Range(HostOf(index, where.Value), bytes));

    private ulong HostOf(int index, ulong address)
    {
        ref GuestEntry guest = ref Table.Guest[index];
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            if (address - guest.Mapping[i].Guest.Value < guest.Mapping[i].Size)
                return guest.Mapping[i].Host.Value + (address - guest.Mapping[i].Guest.Value);
        }
        throw new InvalidOperationException("a sample that lies outside its guest");
    }

    private void StoreTable()
    {
        byte[] bytes = MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref Table)).ToArray();
        SHA256.HashData(bytes.AsSpan(48)).CopyTo(bytes.AsSpan(16));
        bytes.CopyTo(Image, 0);
        bytes.CopyTo(Image, (int)TableSlot);
        Config.Magic = FirstStageConfig.ExpectedMagic;
        Config.TableA = new() { Offset = 0, Size = TableSlot };
        Config.TableB = new() { Offset = TableSlot, Size = TableSlot };
    }

    private static byte[] Pack(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, true))
            gzip.Write(plain);
        return packed.ToArray();
    }

    private static HostRange Range(ulong start, ulong size) => new() { Base = new(start), Size = size };

    private static FixedName Name(string text)
    {
        FixedName name = default;
        Encoding.ASCII.GetBytes(text).CopyTo(MemoryMarshal.CreateSpan(ref name[0], 16));
        return name;
    }
}
