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

    // One block of the hypervisor's own tables.
    private const ulong HypervisorAlignment = 2 << 20;
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
        TableSpace space = default;
        TableError error = CheckBoard(in table.Board, ref space);
        if (error != TableError.None)
            return error;
        if (table.GuestCount - 1 >= ApplianceTable.MaxGuests || table.Reserved != 0)
            return TableError.BadGuestCount;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            guest = i;
            ref readonly GuestEntry entry = ref table.Guest[i];
            if (!NameRules.IsName(in entry.Name) || NameRules.IsHypervisors(in entry.Name))
                return TableError.BadGuestName;
            for (int j = 0; j < i; j++)
            {
                if (NameRules.AreEqual(in entry.Name, in table.Guest[j].Name))
                    return TableError.DuplicateGuestName;
            }
            error = CheckGuest(in table, i, ref space);
            if (error != TableError.None)
                return error;
        }
        guest = -1;
        return TableError.None;
    }

    private static TableError CheckBoard(in BoardFacts board, ref TableSpace space)
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
            if (!space.Ram.Add(ram))
                return TableError.OverlappingRam;
        }
        AddressSpan own = AddressSpan.Of(in board.HypervisorRam);
        if (!own.IsSound(HypervisorAlignment, HostBits) || !IsRam(in board, own))
            return TableError.BadHypervisorRam;
        AddressSpan flash = AddressSpan.Of(in board.Flash);
        if (!flash.IsSound(PageSize, HostBits) || space.Ram.Touches(flash))
            return TableError.BadFlash;
        space.Hypervisors.Add(flash);

        if (board.GicrStride < GicrSize || board.GicrStride > 1ul << 32)
            return TableError.BadBoardDevice;
        if (!AddDevice(new(board.Gicd.Value, GicdSize), GicdSize, ref space)
            || !AddDevice(new(board.Gicr.Value, board.GicrStride * board.CpuCount), GicdSize, ref space)
            || !AddDevice(new(board.Uart.Value, UartSize), UartSize, ref space))
            return TableError.BadBoardDevice;
        return IsSpi(board.UartIntId) && board.Reserved == 0 ? TableError.None : TableError.BadUartIntId;
    }

    private static bool AddDevice(AddressSpan device, ulong alignment, ref TableSpace space) =>
        device.IsSound(alignment, HostBits) && !space.Ram.Touches(device) && space.Hypervisors.Add(device);

    private static TableError CheckGuest(in ApplianceTable table, int index, ref TableSpace space)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        ref readonly BoardFacts board = ref table.Board;
        if ((guest.Flags & ~GuestFlags.AutoStart) != 0)
            return TableError.BadFlags;
        if (guest.VcpuCount - 1 >= GuestEntry.MaxVcpus)
            return TableError.BadVcpuCount;
        for (int i = 0; i < (int)guest.VcpuCount; i++)
        {
            uint cpu = guest.Cpu[i];
            if (cpu >= board.CpuCount)
                return TableError.BadCpu;
            if ((space.TakenCpus >> (int)cpu & 1) != 0)
                return TableError.CpuTaken;
            space.TakenCpus |= 1u << (int)cpu;
        }
        TableError error = CheckMappings(in table, index, ref space);
        if (error == TableError.None)
            error = CheckPlatform(in guest, ref space);
        if (error == TableError.None)
            error = CheckInterrupts(in guest, in board, ref space);
        if (error == TableError.None)
            error = CheckSlot(in guest.SlotA, in board, ref space);
        // A guest without a second slot has an empty one.
        if (error == TableError.None && guest.SlotB.Size != 0)
            error = CheckSlot(in guest.SlotB, in board, ref space);
        return error;
    }

    private static TableError CheckMappings(in ApplianceTable table, int index, ref TableSpace space)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        ref readonly BoardFacts board = ref table.Board;
        if (guest.MappingCount - 1 >= GuestEntry.MaxMappings)
            return TableError.BadMappingCount;
        space.Guest.Clear();
        bool hasRam = false;
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            AddressSpan host = AddressSpan.HostOf(in mapping);
            AddressSpan seen = AddressSpan.GuestOf(in mapping);
            if (!host.IsSound(PageSize, HostBits) || !seen.IsSound(PageSize, GuestBits) || mapping.Reserved != 0)
                return TableError.BadMapping;
            if (host.Overlaps(AddressSpan.Of(in board.HypervisorRam)))
                return TableError.MappingInHypervisorRam;
            if (mapping.Kind == MappingKind.Ram)
            {
                hasRam = true;
                if (!IsRam(in board, host))
                    return TableError.MappingOutsideRam;
            }
            else if (mapping.Kind != MappingKind.Device)
                return TableError.BadMapping;
            else if (space.Ram.Touches(host))
                return TableError.DeviceInRam;
            else if (space.Hypervisors.Touches(host))
                return TableError.DeviceIsHypervisors;
            if (IsMapped(in table, index, i, host))
                return TableError.MappingOverlapsMapping;
            if (!space.Guest.Add(seen))
                return TableError.GuestOverlap;
        }
        return hasRam ? TableError.None : TableError.NoRam;
    }

    // What is mapped belongs to one guest only, once: no mapping before this one has any of it.
    private static bool IsMapped(in ApplianceTable table, int index, int mapping, AddressSpan host)
    {
        for (int g = 0; g <= index; g++)
        {
            ref readonly GuestEntry other = ref table.Guest[g];
            int count = g < index ? (int)other.MappingCount : mapping;
            for (int i = 0; i < count; i++)
            {
                if (host.Overlaps(AddressSpan.HostOf(in other.Mapping[i])))
                    return true;
            }
        }
        return false;
    }

    private static TableError CheckPlatform(in GuestEntry guest, ref TableSpace space)
    {
        ref readonly VirtualPlatform platform = ref guest.Platform;
        AddressSpan gicd = new(platform.Gicd.Value, GicdSize);
        AddressSpan gicr = new(platform.Gicr.Value, GicrSize * guest.VcpuCount);
        AddressSpan uart = new(platform.Uart.Value, UartSize);
        if (!gicd.IsSound(GicdSize, GuestBits) || !gicr.IsSound(GicdSize, GuestBits) || !uart.IsSound(UartSize, GuestBits))
            return TableError.BadPlatform;
        if (platform.IntIdCount < 64 || platform.IntIdCount > 1024 || platform.IntIdCount % 32 != 0
            || !IsVirtualSpi(in platform, platform.UartIntId))
            return TableError.BadPlatform;
        return space.Guest.Add(gicd) && space.Guest.Add(gicr) && space.Guest.Add(uart)
            ? TableError.None : TableError.PlatformOverlap;
    }

    private static TableError CheckInterrupts(in GuestEntry guest, in BoardFacts board, ref TableSpace space)
    {
        if (guest.InterruptCount > GuestEntry.MaxInterrupts)
            return TableError.BadInterruptCount;
        for (int i = 0; i < (int)guest.InterruptCount; i++)
        {
            ref readonly GuestInterrupt interrupt = ref guest.Interrupt[i];
            if (!IsSpi(interrupt.PhysicalIntId) || !IsVirtualSpi(in guest.Platform, interrupt.VirtualIntId)
                || interrupt.Edge > 1 || interrupt.Reserved != 0)
                return TableError.BadInterrupt;
            ref uint taken = ref space.TakenInterrupts[(int)(interrupt.PhysicalIntId / 32)];
            uint bit = 1u << (int)(interrupt.PhysicalIntId % 32);
            if (interrupt.PhysicalIntId == board.UartIntId || interrupt.VirtualIntId == guest.Platform.UartIntId
                || (taken & bit) != 0)
                return TableError.InterruptTaken;
            taken |= bit;
            for (int j = 0; j < i; j++)
            {
                if (interrupt.VirtualIntId == guest.Interrupt[j].VirtualIntId)
                    return TableError.InterruptTaken;
            }
        }
        return TableError.None;
    }

    private static TableError CheckSlot(in ImageRange range, in BoardFacts board, ref TableSpace space)
    {
        AddressSpan slot = AddressSpan.Of(in range);
        if (!slot.IsSound(SlotAlignment, HostBits) || !slot.IsInside(new(0, board.Flash.Size)))
            return TableError.BadSlot;
        return space.Slots.Add(slot) ? TableError.None : TableError.SlotOverlap;
    }

    private static bool IsRam(in BoardFacts board, AddressSpan span)
    {
        for (int i = 0; i < (int)board.RamRangeCount; i++)
        {
            if (span.IsInside(AddressSpan.Of(in board.Ram[i])))
                return true;
        }
        return false;
    }

    private static bool IsSpi(uint intId) => intId is >= FirstSpi and <= LastSpi;

    private static bool IsVirtualSpi(in VirtualPlatform platform, uint intId) => IsSpi(intId) && intId < platform.IntIdCount;
}
