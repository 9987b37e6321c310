using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.BlackBox;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Update;

namespace Bulkhead.Partitions;

/// <summary>
/// Takes over an appliance table from stored bytes. The builder has checked it all and says more about it; this
/// refuses whatever could make the hypervisor overstep, however the bytes came to be. What only one architecture has
/// is in its <see cref="ITableRules"/>.
/// </summary>
public static class ApplianceTableReader
{
    public const ulong PageSize = 4096;
    /// <summary>Slots are made of erase blocks.</summary>
    public const ulong SlotAlignment = 256 * 1024;
    /// <summary>Board addresses: the 48 bits of ARMv8.0 (DDI 0487 D8.1.6), and as much as PCs have.</summary>
    public const int HostBits = 48;
    /// <summary>Guest addresses: what stage 2 reaches with a 4 KiB granule, three levels and one table at the root.</summary>
    public const int GuestBits = 39;
    /// <summary>Interrupts of either architecture have smaller numbers.</summary>
    public const uint InterruptCount = 1024;

    // One block of the hypervisor's own tables.
    private const ulong HypervisorAlignment = 2 << 20;

    /// <summary>Copies the table out of <paramref name="stored"/>, then checks the copy.</summary>
    /// <param name="guest">The guest an error is about; -1 if it is about the board or the table.</param>
    public static TableError Read<TRules>(ReadOnlySpan<byte> stored, ref ApplianceTable table, out int guest)
        where TRules : struct, ITableRules
    {
        guest = -1;
        int size = Unsafe.SizeOf<ApplianceTable>();
        if (stored.Length < size)
            return TableError.Truncated;
        Span<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref table, 1));
        stored.Slice(0, size).CopyTo(bytes);
        HeaderFault fault = SignedHeader.Check(bytes, ApplianceTable.ExpectedMagic, ApplianceTable.CurrentVersion);
        return fault == HeaderFault.None ? Check<TRules>(in table, out guest) : TableError.BadMagic + (fault - HeaderFault.BadMagic);
    }

    /// <summary>Everything but magic, version, size and digest.</summary>
    internal static TableError Check<TRules>(in ApplianceTable table, out int guest)
        where TRules : struct, ITableRules
    {
        guest = -1;
        if (!NameRules.IsName(in table.ApplianceName) || !NameRules.IsName(in table.Board.Name))
            return TableError.BadName;
        TableSpace space = default;
        TableError error = CheckBoard<TRules>(in table.Board, ref space);
        if (error != TableError.None)
            return error;
        if (table.GuestCount - 1 >= ApplianceTable.MaxGuests)
            return TableError.BadGuestCount;
        if ((table.Flags & ~(ApplianceFlags.Trace | ApplianceFlags.ResetOnBug | ApplianceFlags.CrashCall | ApplianceFlags.Production
            | ApplianceFlags.Management | ApplianceFlags.CrashLog)) != 0)
            return TableError.BadFlags;
        if (!IsCrashLog(in table, ref space))
            return TableError.BadBlackBox;
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
            error = CheckGuest<TRules>(in table, i, ref space);
            if (error != TableError.None)
                return error;
        }
        guest = -1;
        return CanAllStart(in table) ? TableError.None : TableError.BadStartOrder;
    }

    private static TableError CheckBoard<TRules>(in BoardFacts board, ref TableSpace space)
        where TRules : struct, ITableRules
    {
        if (board.Architecture != TRules.Architecture || board.Reserved != 0)
            return TableError.BadArchitecture;
        if (board.CpuCount - 1 >= ApplianceTable.MaxCpus)
            return TableError.BadCpuCount;
        for (int i = 0; i < (int)board.CpuCount; i++)
        {
            if (!TRules.IsCpuId(board.CpuId[i]))
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
            if (!ram.IsSound(PageSize, TRules.HostBits))
                return TableError.BadRamRange;
            if (!space.Ram.Add(ram))
                return TableError.OverlappingRam;
        }
        AddressSpan own = AddressSpan.Of(in board.HypervisorRam);
        if (!own.IsSound(HypervisorAlignment, HostBits) || !IsRam(in board, own))
            return TableError.BadHypervisorRam;
        if (!IsBlackBox(in board, own))
            return TableError.BadBlackBox;
        if (!new AddressSpan(0, board.ImageSize).IsSound(PageSize, HostBits))
            return TableError.BadImageSize;
        return TRules.CheckBoard(in board, ref space);
    }

    private static TableError CheckGuest<TRules>(in ApplianceTable table, int index, ref TableSpace space)
        where TRules : struct, ITableRules
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        ref readonly BoardFacts board = ref table.Board;
        if ((guest.Flags & ~(GuestFlags.AutoStart | GuestFlags.Control)) != 0)
            return TableError.BadFlags;
        for (int i = 0; i < index && guest.IsControl; i++)
        {
            if (table.Guest[i].IsControl)
                return TableError.SecondControl;
        }
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
        if (error == TableError.None && !IsResetSound(in table, in guest))
            error = TableError.BadDeviceReset;
        if (error == TableError.None)
            error = CheckWatchdog(in guest.Watchdog);
        if (error == TableError.None)
            error = TRules.CheckPlatform(in table, index, ref space);
        if (error == TableError.None)
            error = CheckMailbox(in guest, ref space);
        if (error == TableError.None)
            error = CheckInterrupts<TRules>(in guest, in board, ref space);
        if (error == TableError.None)
            error = CheckSlot(in guest.SlotA, in board, ref space);
        // A guest without a second slot has an empty one.
        if (error == TableError.None && guest.SlotB.Size != 0)
            error = CheckSlot(in guest.SlotB, in board, ref space);
        if (error == TableError.None)
            error = CheckLife(in guest);
        if (error == TableError.None)
            error = CheckUpdates(in guest, table.Flags);
        if (error == TableError.None && !IsSound(in guest.Update, in guest.Watchdog))
            error = TableError.BadUpdatePolicy;
        return error;
    }

    private static TableError CheckUpdates(in GuestEntry guest, ApplianceFlags flags)
    {
        if (guest.ChannelAbiFirst > guest.ChannelAbiLast)
            return TableError.BadChannelRange;
        if (guest.IsSigned)
            return RsaVerifier.IsModulus(in guest.Key) ? TableError.None : TableError.BadKey;
        return (flags & ApplianceFlags.Production) != 0 ? TableError.Unsigned : TableError.None;
    }

    private static bool IsSound(in UpdatePolicy update, in WatchdogEntry watchdog) =>
        update.Tries - 1 < UpdatePolicy.MaxTries && update.ConfirmMilliseconds is >= UpdatePolicy.LeastConfirmMilliseconds and <= UpdatePolicy.MaxConfirmMilliseconds && update.IsRequired <= 1
        && (update.Health == HealthSource.Report || update.Health == HealthSource.Watchdog && watchdog.Timeout != 0);

    private static TableError CheckLife(in GuestEntry guest)
    {
        ref readonly RestartPolicy policy = ref guest.Restart;
        return (policy.On & ~RestartReasons.All) == 0 && policy.DelayMilliseconds <= RestartPolicy.MaxDelayMilliseconds
            && policy.Limit <= RestartPolicy.MaxLimit && policy.WindowSeconds <= RestartPolicy.MaxWindowSeconds
            && (policy.Limit == 0 || policy.WindowSeconds != 0)
            && policy.Fallback <= 1 && policy.Last <= LastResort.BoardReset
            ? TableError.None : TableError.BadRestartPolicy;
    }

    // Every guest comes after guests that can start: taking away, time and again, whoever comes after none that is left.
    private static bool CanAllStart(in ApplianceTable table)
    {
        uint left = (1u << (int)table.GuestCount) - 1;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            if ((table.Guest[i].After & ~((1u << (int)table.GuestCount) - 1)) != 0)
                return false;
        }
        for (int round = 0; round < (int)table.GuestCount; round++)
        {
            for (int i = 0; i < (int)table.GuestCount; i++)
            {
                if ((table.Guest[i].After & left) == 0)
                    left &= ~(1u << i);
            }
        }
        return left == 0;
    }

    private static TableError CheckWatchdog(in WatchdogEntry watchdog)
    {
        if (watchdog.Timeout == 0)
            return (watchdog.PreTimeout | watchdog.Boot | watchdog.Reserved) == 0 ? TableError.None : TableError.BadWatchdog;
        bool isSound = watchdog.Timeout is >= WatchdogEntry.Shortest and <= WatchdogEntry.Longest && watchdog.PreTimeout < watchdog.Timeout
            && (watchdog.Boot == 0 || watchdog.Boot is >= WatchdogEntry.Shortest and <= WatchdogEntry.Longest && watchdog.PreTimeout < watchdog.Boot);
        return isSound && watchdog.Reserved == 0 ? TableError.None : TableError.BadWatchdog;
    }

    private static TableError CheckMailbox(in GuestEntry guest, ref TableSpace space)
    {
        AddressSpan registers = new(guest.Mailbox.Registers.Value, Mailbox.RegistersSize);
        AddressSpan buffer = new(guest.Mailbox.Buffer.Value, Mailbox.BufferSize);
        if (!guest.IsControl)
            return (registers.Start | buffer.Start) == 0 ? TableError.None : TableError.BadControl;
        if (!registers.IsSound(PageSize, GuestBits) || !buffer.IsSound(PageSize, GuestBits) || !IsRam(in guest, buffer))
            return TableError.BadControl;
        return space.Guest.Add(registers) ? TableError.None : TableError.PlatformOverlap;
    }

    private static bool IsRam(in GuestEntry guest, AddressSpan span)
    {
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            if (guest.Mapping[i].Kind == MappingKind.Ram && span.IsInside(AddressSpan.GuestOf(in guest.Mapping[i])))
                return true;
        }
        return false;
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
            if (board.BlackBox.Size != 0 && host.Overlaps(AddressSpan.Of(in board.BlackBox)))
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

    // Each step stays in a device that the guest has; waits are short.
    private static bool IsResetSound(in ApplianceTable table, in GuestEntry guest)
    {
        if (guest.FirstResetStep + guest.ResetStepCount > ApplianceTable.MaxResetSteps)
            return false;
        for (int i = 0; i < guest.ResetStepCount; i++)
        {
            ref readonly ResetStep step = ref table.ResetStep[guest.FirstResetStep + i];
            bool isKnown = step.Action == ResetAction.Write ? step.Microseconds == 0
                : step.Action == ResetAction.Poll && step.Microseconds - 1 < ResetStep.MaxMicroseconds;
            if (!isKnown || step.Mask == 0 || (step.Value & ~step.Mask) != 0 || step.Register.Value % sizeof(uint) != 0 || !IsDevice(in guest, step.Register.Value))
                return false;
        }
        return true;
    }

    private static bool IsDevice(in GuestEntry guest, ulong register)
    {
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            if (mapping.Kind == MappingKind.Device && register - mapping.Host.Value < mapping.Size)
                return true;
        }
        return false;
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

    private static TableError CheckInterrupts<TRules>(in GuestEntry guest, in BoardFacts board, ref TableSpace space)
        where TRules : struct, ITableRules
    {
        if (guest.InterruptCount > GuestEntry.MaxInterrupts)
            return TableError.BadInterruptCount;
        for (int i = 0; i < (int)guest.InterruptCount; i++)
        {
            ref readonly GuestInterrupt interrupt = ref guest.Interrupt[i];
            if (!TRules.IsInterrupt(interrupt.PhysicalIntId) || !TRules.IsGuestInterrupt(in guest, interrupt.VirtualIntId)
                || interrupt.Edge > 1 || interrupt.ActiveLow > (TRules.HasPolarity ? 1u : 0))
                return TableError.BadInterrupt;
            ref uint taken = ref space.TakenInterrupts[(int)(interrupt.PhysicalIntId / 32)];
            uint bit = 1u << (int)(interrupt.PhysicalIntId % 32);
            if (interrupt.PhysicalIntId == TRules.UartInterrupt(in board) || TRules.IsVirtualInterrupt(in guest, interrupt.VirtualIntId)
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
        if (!slot.IsSound(SlotAlignment, HostBits) || !slot.IsInside(new(0, board.ImageSize)))
            return TableError.BadSlot;
        return space.Slots.Add(slot) ? TableError.None : TableError.SlotOverlap;
    }

    // One block of the hypervisor's tables, behind its own.
    private static bool IsBlackBox(in BoardFacts board, AddressSpan own)
    {
        AddressSpan box = AddressSpan.Of(in board.BlackBox);
        return box.Size == 0 ? box.Start == 0
            : box.Size == BlackBoxLayout.Size && box.IsSound(HypervisorAlignment, HostBits) && IsRam(in board, box) && !box.Overlaps(own);
    }

    // Two erase blocks of the image; a record comes to them from the box.
    private static bool IsCrashLog(in ApplianceTable table, ref TableSpace space)
    {
        bool isWanted = (table.Flags & ApplianceFlags.CrashLog) != 0;
        if (table.CrashArea.Size == 0)
            return !isWanted && table.CrashArea.Offset == 0;
        return table.CrashArea.Size == CrashLog.Size && table.Board.BlackBox.Size != 0
            && CheckSlot(in table.CrashArea, in table.Board, ref space) == TableError.None;
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
}
