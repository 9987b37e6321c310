using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Tests.Core;

/// <summary>A small sound board with two guests, and packages for them.</summary>
public static class Samples
{
    public const ulong MiB = 1 << 20;

    public static ApplianceTable Table()
    {
        ApplianceTable table = default;
        table.Magic = ApplianceTable.ExpectedMagic;
        table.Version = ApplianceTable.CurrentVersion;
        table.Size = (uint)Unsafe.SizeOf<ApplianceTable>();
        table.ApplianceName = Name("sample");
        table.Board.Name = Name("qemu-virt-arm64");
        table.Board.Architecture = CpuArchitecture.Arm64;
        table.Board.CpuCount = 4;
        for (int i = 0; i < 4; i++)
            table.Board.CpuId[i] = (ulong)i;
        table.Board.RamRangeCount = 1;
        table.Board.Ram[0] = Host(0x4000_0000, 2048 * MiB);
        table.Board.HypervisorRam = Host(0x4040_0000, 4 * MiB);
        table.Board.ImageSize = 128 * MiB;
        table.Board.Arm64.Uart = new(0x0900_0000);
        table.Board.Arm64.Gicd = new(0x0800_0000);
        table.Board.Arm64.Gicr = new(0x080a_0000);
        table.Board.Arm64.GicrStride = 0x2_0000;
        table.Board.Arm64.UartIntId = 33;
        table.GuestCount = 2;
        Guest(ref table.Guest[0], "gateway", [0, 1], 0x5000_0000, 8 * MiB, 4 * MiB);
        Guest(ref table.Guest[1], "app", [2], 0x6000_0000, 4 * MiB, 12 * MiB);
        ref GuestEntry gateway = ref table.Guest[0];
        gateway.Mapping[1] = new() { Guest = new(0x0901_0000), Host = new(0x0901_0000), Size = 0x1000, Kind = MappingKind.Device };
        gateway.MappingCount = 2;
        gateway.Interrupt[0] = new() { PhysicalIntId = 34, VirtualIntId = 34 };
        gateway.InterruptCount = 1;
        gateway.Flags |= GuestFlags.Control;
        gateway.Arm64.ControlUart = new(0x0908_0000);
        gateway.Arm64.ControlIntId = 41;
        gateway.Mailbox = new() { Registers = new(0x0909_0000), Buffer = new(0x407f_0000) };
        ref GuestEntry app = ref table.Guest[1];
        app.Watchdog = new() { Timeout = 10_000, PreTimeout = 5_000, Boot = 60_000 };
        app.Arm64.WatchdogControl = new(0x0903_0000);
        app.Arm64.WatchdogRefresh = new(0x0904_0000);
        app.Arm64.WatchdogIntId = 36;
        return table;
    }

    /// <summary>The same guests on a PC.</summary>
    public static ApplianceTable PcTable()
    {
        ApplianceTable table = Table();
        table.Board.Name = Name("pc-x86-64");
        table.Board.Architecture = CpuArchitecture.X86_64;
        table.Board.Ram[0] = Host(0x0100_0000, 1984 * MiB);
        table.Board.Ram[1] = Host(0x1_0000_0000, 1024 * MiB);
        table.Board.RamRangeCount = 2;
        table.Board.HypervisorRam = Host(0x0100_0000, 4 * MiB);
        table.Board.Arm64 = default;
        table.Board.X86 = new()
        {
            LocalApic = new(0xfee0_0000),
            IoApic = new(0xfec0_0000),
            UartPort = 0x3f8,
            UartGsi = 4,
            DiskPort = 0x1f0,
            DiskControlPort = 0x3f6,
        };
        for (int i = 0; i < 2; i++)
        {
            ref GuestEntry guest = ref table.Guest[i];
            guest.Mapping[0].Guest = default;
            guest.MappingCount = 1;
            guest.Arm64 = default;
            guest.X86 = new()
            {
                LocalApic = new(0xfee0_0000),
                IoApic = new(0xfec0_0000),
                UartPort = 0x3f8,
                UartGsi = 4,
                SleepPort = 0x600,
                ResetPort = 0x602,
            };
        }
        table.Guest[1].X86.WatchdogPort = 0x610;
        table.Guest[0].X86.ControlPort = 0x2e8;
        table.Guest[0].X86.ControlGsi = 3;
        table.Guest[0].Mailbox = new() { Registers = new(0xfeb0_0000), Buffer = new(0x7f_0000) };
        // The clock's and COM2's.
        table.Guest[0].X86.PortRangeCount = 1;
        table.Guest[0].X86.Ports[0] = new() { First = 0x70, Count = 2 };
        table.Guest[1].X86.PortRangeCount = 1;
        table.Guest[1].X86.Ports[0] = new() { First = 0x2f8, Count = 8 };
        table.Guest[1].Mapping[0].Host = new(0x1_0000_0000);
        table.Guest[0].Interrupt[0] = new() { PhysicalIntId = 8, VirtualIntId = 8, Edge = 1 };
        return table;
    }

    private static void Guest(ref GuestEntry guest, string name, uint[] cpus, ulong ram, ulong size, ulong slot)
    {
        guest.Name = Name(name);
        guest.Flags = GuestFlags.AutoStart;
        guest.VcpuCount = (uint)cpus.Length;
        for (int i = 0; i < cpus.Length; i++)
            guest.Cpu[i] = cpus[i];
        guest.MappingCount = 1;
        guest.Mapping[0] = new() { Guest = new(0x4000_0000), Host = new(ram), Size = size, Kind = MappingKind.Ram };
        guest.Arm64 = new()
        {
            Gicd = new(0x0800_0000),
            Gicr = new(0x080a_0000),
            Uart = new(0x0900_0000),
            UartIntId = 33,
            IntIdCount = 64,
        };
        guest.SlotA = new() { Offset = slot, Size = 2 * MiB };
        guest.Update = new() { Tries = 3, ConfirmMilliseconds = 60_000 };
        guest.SlotB = new() { Offset = slot + 64 * MiB, Size = 2 * MiB };
    }

    /// <summary>The table as the builder stores it: with its digest.</summary>
    public static byte[] Stored(ApplianceTable table)
    {
        byte[] bytes = MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref table)).ToArray();
        SHA256.HashData(bytes.AsSpan(48)).CopyTo(bytes.AsSpan(16));
        return bytes;
    }

    public sealed record Segment(SegmentKind Kind, ulong Load, byte[] Plain, bool Gzip = false);

    /// <summary>A slot with a package of the given segments for the first guest.</summary>
    public static byte[] Slot(int size, Segment[] segments, Mutate? mutate = null)
    {
        byte[] slot = new byte[size];
        PackageHeader header = default;
        header.Magic = PackageHeader.ExpectedMagic;
        header.Version = PackageHeader.CurrentVersion;
        header.HeaderSize = (uint)Unsafe.SizeOf<PackageHeader>();
        header.GuestName = Name("gateway");
        header.BoardName = Name("qemu-virt-arm64");
        header.SegmentCount = (uint)segments.Length;
        header.EntryKind = EntryKind.Arm64Image;
        int at = PackageHeader.StoredSize;
        for (int i = 0; i < segments.Length; i++)
        {
            Segment segment = segments[i];
            byte[] stored = segment.Gzip
                ? GzipTests.Pack(segment.Plain, System.IO.Compression.CompressionLevel.Optimal) : segment.Plain;
            stored.CopyTo(slot, at);
            ref PackageSegment described = ref header.Segment[i];
            described.Load = new(segment.Load);
            described.StoredOffset = (ulong)at;
            described.StoredSize = (ulong)stored.Length;
            described.LoadedSize = (ulong)segment.Plain.Length;
            described.Kind = segment.Kind;
            described.Compression = segment.Gzip ? Compression.Gzip : Compression.None;
            SHA256.HashData(segment.Plain).CopyTo(MemoryMarshal.CreateSpan(ref described.Digest[0], 32));
            header.StoredBytes += described.StoredSize;
            header.LoadedBytes += described.LoadedSize;
            if (segment.Kind == SegmentKind.Kernel)
                header.Entry = new(segment.Load);
            if (segment.Kind == SegmentKind.BootInfo)
            {
                header.BootInfo = new(segment.Load);
                header.RngSeed = new(segment.Load + 64);
                header.RngSeedSize = 32;
            }
            at = (at + stored.Length + 4095) / 4096 * 4096;
        }
        mutate?.Invoke(ref header);
        byte[] bytes = MemoryMarshal.AsBytes(new Span<PackageHeader>(ref header)).ToArray();
        SHA256.HashData(bytes.AsSpan(48)).CopyTo(bytes.AsSpan(16));
        bytes.CopyTo(slot, 0);
        return slot;
    }

    public delegate void Mutate(ref PackageHeader header);

    public static HostRange Host(ulong start, ulong size) => new() { Base = new(start), Size = size };

    public static FixedName Name(string text)
    {
        FixedName name = default;
        Encoding.ASCII.GetBytes(text).CopyTo(MemoryMarshal.CreateSpan(ref name[0], 16));
        return name;
    }
}
