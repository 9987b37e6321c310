using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;

namespace Bulkhead.Partitions;

/// <summary>
/// Takes over an appliance table from stored bytes. The builder has checked it all and says more about it; this
/// refuses whatever could make the hypervisor overstep, however the bytes came to be.
/// </summary>
public static class ApplianceTableReader
{
    public const ulong PageSize = 4096;
    /// <summary>Slots are made of erase blocks.</summary>
    public const ulong SlotAlignment = 256 * 1024;
    /// <summary>Board addresses: the 48 bits of ARMv8.0 (DDI 0487 D8.1.6).</summary>
    public const int HostBits = 48;
    /// <summary>Guest addresses: what stage 2 reaches with a 4 KiB granule, three levels and one table at the root.</summary>
    public const int GuestBits = 39;
    /// <summary>GICD's registers (IHI 0069 12.8) and each redistributor's two frames (12.10).</summary>
    public const ulong GicdSize = 0x1_0000;
    public const ulong GicrSize = 0x2_0000;
    public const ulong UartSize = 0x1000;
    /// <summary>SPIs are INTIDs 32 to 1019 (IHI 0069 2.2).</summary>
    public const uint FirstSpi = 32;
    public const uint LastSpi = 1019;

    // Aff3 in 39..32, Aff2 to Aff0 in 23..0 (DDI 0487 D23.2, MPIDR_EL1).
    private const ulong AffinityMask = 0xff_00ff_ffff;
    private const int DigestedFrom = 16 + 32;

    /// <summary>Copies the table out of <paramref name="stored"/>, then checks the copy.</summary>
    /// <param name="guest">The guest an error is about; -1 if it is about the board or the table.</param>
    public static TableError Read(ReadOnlySpan<byte> stored, ref ApplianceTable table, out int guest)
    {
        guest = -1;
        int size = Unsafe.SizeOf<ApplianceTable>();
        if (stored.Length < size)
            return TableError.Truncated;
        Span<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref table, 1));
        stored.Slice(0, size).CopyTo(bytes);
        if (table.Magic != ApplianceTable.ExpectedMagic)
            return TableError.BadMagic;
        if (table.Version != ApplianceTable.CurrentVersion)
            return TableError.BadVersion;
        if (table.Size != (uint)size)
            return TableError.BadSize;
        Digest256 digest = default;
        Sha256.Compute(bytes.Slice(DigestedFrom), ref digest);
        if (!Sha256.AreEqual(in digest, in table.Digest))
            return TableError.BadDigest;
        return Check(in table, out guest);
    }

    /// <summary>Everything but magic, version, size and digest.</summary>
    internal static TableError Check(in ApplianceTable table, out int guest)
    {
        guest = -1;
        if (!NameRules.IsName(in table.ApplianceName) || !NameRules.IsName(in table.Board.Name))
            return TableError.BadName;
        TableError error = CheckBoard(in table.Board);
        if (error != TableError.None)
            return error;
        if (table.GuestCount - 1 >= ApplianceTable.MaxGuests || table.Reserved != 0)
            return TableError.BadGuestCount;
        uint takenCpus = 0;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            guest = i;
            error = CheckGuest(in table, i, ref takenCpus);
            if (error != TableError.None)
                return error;
        }
        guest = -1;
        return TableError.None;
    }

    private static TableError CheckBoard(in BoardFacts board)
    {
        if (board.CpuCount - 1 >= ApplianceTable.MaxCpus)
            return TableError.BadCpuCount;
        for (int i = 0; i < (int)board.CpuCount; i++)
        {
            if ((board.CpuId[i] & ~AffinityMask) != 0)
                return TableError.BadCpuId;
            for (int j = 0; j < i; j++)
            {
                if (board.CpuId[i] == board.CpuId[j])
                    return TableError.DuplicateCpuId;
            }
        }

        if (board.RamRangeCount - 1 >= BoardFacts.MaxRamRanges)
            return TableError.BadRamRangeCount;
        for (int i = 0; i < (int)board.RamRangeCount; i++)
        {
            AddressSpan ram = AddressSpan.Of(in board.Ram[i]);
            if (!ram.IsSound(PageSize, HostBits))
                return TableError.BadRamRange;
            for (int j = 0; j < i; j++)
            {
                if (ram.Overlaps(AddressSpan.Of(in board.Ram[j])))
                    return TableError.OverlappingRam;
            }
        }
        AddressSpan own = AddressSpan.Of(in board.HypervisorRam);
        if (!own.IsSound(PageSize, HostBits) || (own.Start & 0x1f_ffff) != 0 || !IsRam(in board, own))
            return TableError.BadHypervisorRam;
        AddressSpan flash = AddressSpan.Of(in board.Flash);
        if (!flash.IsSound(PageSize, HostBits) || TouchesRam(in board, flash))
            return TableError.BadFlash;
        return CheckDevices(in board, flash);
    }

    private static TableError CheckDevices(in BoardFacts board, AddressSpan flash)
    {
        if (board.GicrStride < GicrSize || board.GicrStride > 1ul << 32 || (board.GicrStride & 0xffff) != 0)
            return TableError.BadBoardDevice;
        AddressSpan gicd = BoardGicd(in board);
        AddressSpan gicr = BoardGicr(in board);
        AddressSpan uart = BoardUart(in board);
        if (!gicd.IsSound(GicdSize, HostBits) || !gicr.IsSound(0x1_0000, HostBits) || !uart.IsSound(UartSize, HostBits))
            return TableError.BadBoardDevice;
        if (gicd.Overlaps(gicr) || gicd.Overlaps(uart) || gicr.Overlaps(uart)
            || flash.Overlaps(gicd) || flash.Overlaps(gicr) || flash.Overlaps(uart)
            || TouchesRam(in board, gicd) || TouchesRam(in board, gicr) || TouchesRam(in board, uart))
            return TableError.BadBoardDevice;
        if (!IsSpi(board.UartIntId) || board.Reserved != 0)
            return TableError.BadUartIntId;
        return TableError.None;
    }

    private static TableError CheckGuest(in ApplianceTable table, int index, ref uint takenCpus)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        if (!NameRules.IsName(in guest.Name) || NameRules.IsHypervisors(in guest.Name))
            return TableError.BadGuestName;
        for (int i = 0; i < index; i++)
        {
            if (NameRules.AreEqual(in guest.Name, in table.Guest[i].Name))
                return TableError.DuplicateGuestName;
        }
        if ((guest.Flags & ~GuestFlags.AutoStart) != 0)
            return TableError.BadFlags;

        if (guest.VcpuCount - 1 >= GuestEntry.MaxVcpus)
            return TableError.BadVcpuCount;
        for (int i = 0; i < (int)guest.VcpuCount; i++)
        {
            uint cpu = guest.Cpu[i];
            if (cpu >= table.Board.CpuCount)
                return TableError.BadCpu;
            if ((takenCpus >> (int)cpu & 1) != 0)
                return TableError.CpuTaken;
            takenCpus |= 1u << (int)cpu;
        }

        TableError error = CheckMappings(in table, index);
        if (error == TableError.None)
            error = CheckPlatform(in guest);
        if (error == TableError.None)
            error = CheckInterrupts(in table, index);
        if (error == TableError.None)
            error = CheckSlots(in table, index);
        return error;
    }

    private static TableError CheckMappings(in ApplianceTable table, int index)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        if (guest.MappingCount - 1 >= GuestEntry.MaxMappings)
            return TableError.BadMappingCount;
        bool hasRam = false;
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            AddressSpan host = AddressSpan.HostOf(in mapping);
            AddressSpan seen = AddressSpan.GuestOf(in mapping);
            if (!host.IsSound(PageSize, HostBits) || !seen.IsSound(PageSize, GuestBits) || mapping.Reserved != 0)
                return TableError.BadMapping;
            if (host.Overlaps(AddressSpan.Of(in table.Board.HypervisorRam)))
                return TableError.MappingInHypervisorRam;
            if (mapping.Kind == MappingKind.Ram)
            {
                hasRam = true;
                if (!IsRam(in table.Board, host))
                    return TableError.MappingOutsideRam;
            }
            else if (mapping.Kind == MappingKind.Device)
            {
                if (TouchesRam(in table.Board, host))
                    return TableError.DeviceInRam;
                if (host.Overlaps(AddressSpan.Of(in table.Board.Flash)) || host.Overlaps(BoardGicd(in table.Board))
                    || host.Overlaps(BoardGicr(in table.Board)) || host.Overlaps(BoardUart(in table.Board)))
                    return TableError.DeviceIsHypervisors;
            }
            else
                return TableError.BadMapping;
            // Every guest's mappings before this one: what is here belongs to one guest only, once.
            for (int g = 0; g <= index; g++)
            {
                ref readonly GuestEntry other = ref table.Guest[g];
                int count = g < index ? (int)other.MappingCount : i;
                for (int j = 0; j < count; j++)
                {
                    if (host.Overlaps(AddressSpan.HostOf(in other.Mapping[j])))
                        return TableError.MappingOverlapsMapping;
                    if (g == index && seen.Overlaps(AddressSpan.GuestOf(in other.Mapping[j])))
                        return TableError.GuestOverlap;
                }
            }
        }
        return hasRam ? TableError.None : TableError.NoRam;
    }

    private static TableError CheckPlatform(in GuestEntry guest)
    {
        ref readonly VirtualPlatform platform = ref guest.Platform;
        AddressSpan gicd = new(platform.Gicd.Value, GicdSize);
        AddressSpan gicr = new(platform.Gicr.Value, GicrSize * guest.VcpuCount);
        AddressSpan uart = new(platform.Uart.Value, UartSize);
        if (!gicd.IsSound(GicdSize, GuestBits) || !gicr.IsSound(0x1_0000, GuestBits) || !uart.IsSound(UartSize, GuestBits))
            return TableError.BadPlatform;
        if (platform.IntIdCount < 64 || platform.IntIdCount > 1024 || platform.IntIdCount % 32 != 0
            || !IsVirtualSpi(in platform, platform.UartIntId))
            return TableError.BadPlatform;
        if (gicd.Overlaps(gicr) || gicd.Overlaps(uart) || gicr.Overlaps(uart))
            return TableError.PlatformOverlap;
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            AddressSpan mapping = AddressSpan.GuestOf(in guest.Mapping[i]);
            if (mapping.Overlaps(gicd) || mapping.Overlaps(gicr) || mapping.Overlaps(uart))
                return TableError.PlatformOverlap;
        }
        return TableError.None;
    }

    private static TableError CheckInterrupts(in ApplianceTable table, int index)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        if (guest.InterruptCount > GuestEntry.MaxInterrupts)
            return TableError.BadInterruptCount;
        for (int i = 0; i < (int)guest.InterruptCount; i++)
        {
            ref readonly GuestInterrupt interrupt = ref guest.Interrupt[i];
            if (!IsSpi(interrupt.PhysicalIntId) || !IsVirtualSpi(in guest.Platform, interrupt.VirtualIntId)
                || interrupt.Edge > 1 || interrupt.Reserved != 0)
                return TableError.BadInterrupt;
            if (interrupt.PhysicalIntId == table.Board.UartIntId || interrupt.VirtualIntId == guest.Platform.UartIntId)
                return TableError.InterruptTaken;
            for (int g = 0; g <= index; g++)
            {
                ref readonly GuestEntry other = ref table.Guest[g];
                int count = g < index ? (int)other.InterruptCount : i;
                for (int j = 0; j < count; j++)
                {
                    if (interrupt.PhysicalIntId == other.Interrupt[j].PhysicalIntId
                        || g == index && interrupt.VirtualIntId == other.Interrupt[j].VirtualIntId)
                        return TableError.InterruptTaken;
                }
            }
        }
        return TableError.None;
    }

    private static TableError CheckSlots(in ApplianceTable table, int index)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        AddressSpan flash = new(0, table.Board.Flash.Size);
        AddressSpan a = AddressSpan.Of(in guest.SlotA);
        AddressSpan b = AddressSpan.Of(in guest.SlotB);
        if (!a.IsSound(SlotAlignment, HostBits) || !a.IsInside(flash))
            return TableError.BadSlot;
        // A guest without a second slot has an empty one.
        bool hasB = b.Size != 0;
        if (hasB && (!b.IsSound(SlotAlignment, HostBits) || !b.IsInside(flash)))
            return TableError.BadSlot;
        if (hasB && a.Overlaps(b))
            return TableError.SlotOverlap;
        for (int g = 0; g < index; g++)
        {
            AddressSpan otherA = AddressSpan.Of(in table.Guest[g].SlotA);
            AddressSpan otherB = AddressSpan.Of(in table.Guest[g].SlotB);
            if (a.Overlaps(otherA) || otherB.Size != 0 && a.Overlaps(otherB)
                || hasB && (b.Overlaps(otherA) || otherB.Size != 0 && b.Overlaps(otherB)))
                return TableError.SlotOverlap;
        }
        return TableError.None;
    }

    private static AddressSpan BoardGicd(in BoardFacts board) => new(board.Gicd.Value, GicdSize);

    private static AddressSpan BoardGicr(in BoardFacts board) => new(board.Gicr.Value, board.GicrStride * board.CpuCount);

    private static AddressSpan BoardUart(in BoardFacts board) => new(board.Uart.Value, UartSize);

    private static bool IsRam(in BoardFacts board, AddressSpan span)
    {
        for (int i = 0; i < (int)board.RamRangeCount; i++)
        {
            if (span.IsInside(AddressSpan.Of(in board.Ram[i])))
                return true;
        }
        return false;
    }

    private static bool TouchesRam(in BoardFacts board, AddressSpan span)
    {
        for (int i = 0; i < (int)board.RamRangeCount; i++)
        {
            if (span.Overlaps(AddressSpan.Of(in board.Ram[i])))
                return true;
        }
        return false;
    }

    private static bool IsSpi(uint intId) => intId is >= FirstSpi and <= LastSpi;

    private static bool IsVirtualSpi(in VirtualPlatform platform, uint intId) => IsSpi(intId) && intId < platform.IntIdCount;
}
