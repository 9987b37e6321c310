using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Updates;
using Bulkhead.Tests.Update;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Hardware;

/// <summary>A random sound manifest as its appliance table, and the image with it: neighbours touch where they may.</summary>
internal sealed class Appliance
{
    public const ulong PageSize = 4096, RamStart = 0x4000_0000, HypervisorSize = 2 << 20, DeviceStart = 0x0a00_0000;
    // A first mapping has room for one.
    private const int MailboxPages = (int)(Mailbox.BufferSize / PageSize);
    private const ulong SlotSize = IFlash.EraseBlock;
    private const int GuestPages = 1536, FirstGuestSlot = 6;

    public readonly CpuArchitecture Architecture;
    public ApplianceTable Table;
    public FirstStageConfig Config;
    public readonly VersionMaker Maker;

    /// <summary>Of each unit, every version that was ever made for it.</summary>
    public readonly List<UnitVersion>[] Versions;

    /// <summary>Where signatures are wanted; development without otherwise.</summary>
    public readonly bool IsSigned;

    private readonly Dice _dice;

    public Appliance(Dice dice, CpuArchitecture architecture)
    {
        _dice = dice;
        Architecture = architecture;
        int guests = dice.Between(1, 3), cpus = 0;
        IsSigned = dice.OneIn(2);
        Maker = new VersionMaker(this, dice);
        Versions = new List<UnitVersion>[UpdateUnit.FirstGuest + guests];
        for (int unit = 0; unit < Versions.Length; unit++)
            Versions[unit] = [];
        Table = default;
        Table.Magic = ApplianceTable.ExpectedMagic;
        Table.Version = ApplianceTable.CurrentVersion;
        Table.Size = (uint)Unsafe.SizeOf<ApplianceTable>();
        Table.ApplianceName = Name("simulated");
        Table.GuestCount = (uint)guests;
        Table.Flags = dice.OneIn(4) ? ApplianceFlags.None : ApplianceFlags.Management;
        MakeBoard();
        List<ulong> free = [];
        for (int page = 0; page < GuestPages; page++)
            free.Add(RamStart + HypervisorSize + (ulong)page * PageSize);
        for (int guest = 0; guest < guests; guest++)
            MakeGuest(guest, guests - 1 - guest, ref cpus, free);
        // Sometimes one CPU more than vCPUs.
        Table.Board.CpuCount = (uint)Math.Min(cpus + dice.Next(2), ApplianceTable.MaxCpus);
        for (int cpu = 0; cpu < (int)Table.Board.CpuCount; cpu++)
            Table.Board.CpuId[cpu] = (ulong)cpu;
        if (dice.Next(5) != 0)
            MakeControl(dice.Next(guests));
        MakeConfig();
    }

    public int Cpus => (int)Table.Board.CpuCount;
    public int Guests => (int)Table.GuestCount;

    /// <summary>Empty where the appliance has none.</summary>
    public ImageRange Slot(int unit, int which) => unit switch
    {
        UpdateUnit.Hypervisor => which == 0 ? Config.HypervisorA : Config.HypervisorB,
        UpdateUnit.Table => which == 0 ? Config.TableA : Config.TableB,
        _ => which == 0 ? Table.Guest[unit - UpdateUnit.FirstGuest].SlotA : Table.Guest[unit - UpdateUnit.FirstGuest].SlotB,
    };

    /// <summary>Who signs a guest's packages.</summary>
    public RSA KeyOf(int guest) => guest % 2 == 0 ? SimulatedKeys.Supplier : SimulatedKeys.Root;

    private void MakeBoard()
    {
        ref BoardFacts board = ref Table.Board;
        board.Name = Name("simulation");
        board.Architecture = Architecture;
        board.RamRangeCount = 1;
        board.Ram[0] = Range(RamStart, HypervisorSize + GuestPages * PageSize);
        board.HypervisorRam = Range(RamStart, HypervisorSize);
        board.ImageSize = (ulong)(FirstGuestSlot + 2 * Guests) * SlotSize;
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
            Fallback = _dice.OneIn(3) ? 1u : 0,
            Last = _dice.OneIn(10) ? LastResort.BoardReset : LastResort.SafeStop,
        };
        if (IsSigned)
            guest.Key = SimulatedKeys.Modulus(KeyOf(index));
        guest.After = index > 0 && _dice.OneIn(3) ? 1u << _dice.Next(index) : 0;
        guest.VcpuCount = (uint)Math.Min(_dice.Between(1, 3), ApplianceTable.MaxCpus - cpus - behind);
        for (int i = 0; i < (int)guest.VcpuCount; i++)
            guest.Cpu[i] = (uint)cpus++;
        ulong at = 0x4000_0000;
        int mappings = _dice.Between(1, 3);
        for (int i = 0; i < mappings; i++)
        {
            int pages = _dice.Between(i == 0 ? MailboxPages : 1, 40);
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
        guest.SlotA = Block(FirstGuestSlot + 2 * index);
        guest.SlotB = _dice.OneIn(8) ? default : Block(FirstGuestSlot + 2 * index + 1);
        MakeInterrupts(index, ref guest);
        bool watched = _dice.Next(2) == 0;
        if (watched)
        {
            int timeout = _dice.Between(20, 60);
            guest.Watchdog = new() { Timeout = (uint)timeout, PreTimeout = (uint)_dice.Next(timeout), Boot = (uint)_dice.Of(0, 60, 60) };
        }
        guest.Update = new()
        {
            Tries = (uint)_dice.Between(1, 3),
            ConfirmMilliseconds = (uint)_dice.Between(10, 100),
            Health = watched && _dice.OneIn(2) ? HealthSource.Watchdog : HealthSource.Report,
            IsRequired = (uint)_dice.Next(2),
        };
        if (Architecture == CpuArchitecture.Arm64)
            guest.Arm64 = new() { Gicd = new(0x0800_0000), Gicr = new(0x080a_0000), Uart = new(0x0900_0000), UartIntId = 33, IntIdCount = 96, WatchdogControl = new(watched ? 0x0b00_0000ul : 0), WatchdogRefresh = new(watched ? 0x0b01_0000ul : 0), WatchdogIntId = watched ? 35u : 0 };
        else
            guest.X86 = new() { LocalApic = new(0xfee0_0000), IoApic = new(0xfec0_0000), UartPort = 0x3f8, UartGsi = 4, SleepPort = 0x600, ResetPort = 0x602, WatchdogPort = watched ? 0x610u : 0 };
    }

    private void MakeControl(int index)
    {
        ref GuestEntry guest = ref Table.Guest[index];
        guest.Flags |= GuestFlags.Control;
        guest.Arm64.ControlUart = new(Architecture == CpuArchitecture.Arm64 ? 0x0c00_0000ul : 0);
        guest.Arm64.ControlIntId = Architecture == CpuArchitecture.Arm64 ? 36u : 0;
        guest.X86.ControlPort = Architecture == CpuArchitecture.Arm64 ? 0 : 0x2f8u;
        guest.X86.ControlGsi = Architecture == CpuArchitecture.Arm64 ? 0 : 3u;
        guest.Mailbox = new() { Registers = new(0x0d00_0000), Buffer = guest.Mapping[0].Guest };
    }

    // Two blocks of state, then the slots.
    private void MakeConfig()
    {
        Config.Magic = FirstStageConfig.ExpectedMagic;
        Config.State0 = Block(0);
        Config.State1 = Block(1);
        Config.HypervisorA = Block(2);
        Config.HypervisorB = Block(3);
        Config.TableA = Block(4);
        Config.TableB = Block(5);
        Config.HypervisorRam = Range(RamStart, HypervisorSize);
        if (IsSigned)
            Config.Roots.First = SimulatedKeys.Digest(SimulatedKeys.Root);
    }

    private static ImageRange Block(int index) => new() { Offset = (ulong)index * SlotSize, Size = SlotSize };

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

    /// <summary>What the factory wrote: each unit's first version, the second slots empty or with the same.</summary>
    /// <param name="isNearlyFull">The state journal goes on in its other block soon.</param>
    public void Deliver(FlashModel flash, bool isNearlyFull)
    {
        for (int unit = 0; unit < UpdateUnit.FirstGuest + Guests; unit++)
        {
            UnitVersion version = Maker.Make(unit, 0, false);
            Versions[unit].Add(version);
            Put(flash, Slot(unit, 0), version);
            if (unit < UpdateUnit.FirstGuest || Slot(unit, 1).Size != 0 && _dice.OneIn(3))
                Put(flash, Slot(unit, 1), version);
        }
        StateRecord record = default;
        record.Reset();
        for (int records = isNearlyFull ? (int)IFlash.EraseBlock / StateRecord.Size - _dice.Next(12) : 0; records != 0; records--)
        {
            record.Sequence++;
            record.Seal();
            flash.Program(Config.State0.Offset + (record.Sequence - 1) * StateRecord.Size, StateRecord.BytesOf(ref record));
        }
        flash.Flush();
    }

    private static void Put(FlashModel flash, ImageRange slot, UnitVersion version)
    {
        byte[] whole = new byte[(version.Stored.Length + IFlash.ProgramUnit - 1) / IFlash.ProgramUnit * IFlash.ProgramUnit];
        whole.AsSpan().Fill(0xff);
        version.Stored.CopyTo(whole, 0);
        flash.Program(slot.Offset, whole);
    }

    private static HostRange Range(ulong start, ulong size) => new() { Base = new(start), Size = size };

    public static FixedName Name(string text)
    {
        FixedName name = default;
        Encoding.ASCII.GetBytes(text).CopyTo(MemoryMarshal.CreateSpan(ref name[0], 16));
        return name;
    }
}
