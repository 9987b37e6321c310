using System;
using System.Runtime.InteropServices;
using Bulkhead.BlackBox;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

public class ApplianceTableReaderTests
{
    public delegate void Mutate(ref ApplianceTable table);

    [Fact]
    public void Takes_a_sound_table()
    {
        ApplianceTable table = default;
        Assert.Equal(TableError.None, Read(Samples.Stored(Samples.Table()), ref table));
        Assert.Equal(2u, table.GuestCount);
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        byte[] stored = Samples.Stored(Samples.Table());
        ApplianceTable table = default;
        for (int length = 0; length < stored.Length; length++)
            Assert.Equal(TableError.Truncated, Read(stored.AsSpan(0, length), ref table));
    }

    [Fact]
    public void Refuses_every_flipped_bit()
    {
        byte[] stored = Samples.Stored(Samples.Table());
        ApplianceTable table = default;
        for (int bit = 0; bit < stored.Length * 8; bit++)
        {
            stored[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(TableError.None, Read(stored, ref table));
            stored[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    // With a right digest over wrong content: whatever it says, the reader says something, and does not crash.
    [Fact]
    public void Survives_any_content()
    {
        Random random = new(1);
        for (int round = 0; round < 30_000; round++)
        {
            ApplianceTable table = Samples.Table();
            Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref table));
            for (int change = random.Next(1, 20); change > 0; change--)
            {
                int at = random.Next(80, bytes.Length);
                bytes[at] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(random.Next(2) * 255);
            }
            TableError error = ApplianceTableReader.Check<Arm64TableRules>(in table, out int guest);
            Assert.InRange(guest, -1, (int)Math.Min(table.GuestCount, ApplianceTable.MaxGuests) - 1);
            Assert.False(TableErrorText.Of(error).IsEmpty);
        }
    }

    [Fact]
    public void Every_error_has_a_text()
    {
        foreach (TableError error in Enum.GetValues<TableError>())
            Assert.False(TableErrorText.Of(error).IsEmpty, error.ToString());
    }

    public static TheoryData<string, TableError, Mutate> Wrong => new()
    {
        { "appliance name", TableError.BadName, (ref t) => t.ApplianceName = default },
        { "name after padding", TableError.BadName, (ref t) => t.Board.Name[15] = (byte)'x' },
        { "name with a bar", TableError.BadGuestName, (ref t) => t.Guest[0].Name[1] = (byte)'|' },
        { "name with RS", TableError.BadGuestName, (ref t) => t.Guest[0].Name[1] = 0x1e },
        { "the hypervisor's name", TableError.BadGuestName, (ref t) => t.Guest[1].Name = Samples.Name("bulkhead") },
        { "name twice", TableError.DuplicateGuestName, (ref t) => t.Guest[1].Name = t.Guest[0].Name },
        { "another architecture", TableError.BadArchitecture, (ref t) => t.Board.Architecture = CpuArchitecture.X86_64 },
        { "no CPUs", TableError.BadCpuCount, (ref t) => t.Board.CpuCount = 0 },
        { "9 CPUs", TableError.BadCpuCount, (ref t) => t.Board.CpuCount = 9 },
        { "MPIDR with bit 31", TableError.BadCpuId, (ref t) => t.Board.CpuId[2] = 0x8000_0002 },
        { "MPIDR twice", TableError.DuplicateCpuId, (ref t) => t.Board.CpuId[3] = 0 },
        { "no RAM", TableError.BadRamRangeCount, (ref t) => t.Board.RamRangeCount = 0 },
        { "5 RAM ranges", TableError.BadRamRangeCount, (ref t) => t.Board.RamRangeCount = 5 },
        { "RAM that wraps", TableError.BadRamRange, (ref t) => t.Board.Ram[0].Size = 0xffff_ffff_c000_0000 },
        { "RAM that EL2's tables do not reach", TableError.BadRamRange, (ref t) => t.Board.Ram[0].Base = new(0x1f_c000_0000) },
        { "a GIC that they do not reach", TableError.BadBoardDevice, (ref t) => t.Board.Arm64.Gicd = new(0x20_0000_0000) },
        { "unaligned RAM", TableError.BadRamRange, (ref t) => t.Board.Ram[0].Size++ },
        { "RAM twice", TableError.OverlappingRam, (ref t) => { t.Board.Ram[1] = t.Board.Ram[0]; t.Board.RamRangeCount = 2; } },
        { "hypervisor outside", TableError.BadHypervisorRam, (ref t) => t.Board.HypervisorRam.Base = new(0x2000_0000) },
        { "hypervisor past the end", TableError.BadHypervisorRam, (ref t) => t.Board.HypervisorRam.Size = 4096 * Samples.MiB },
        { "hypervisor unaligned", TableError.BadHypervisorRam, (ref t) => t.Board.HypervisorRam.Base = new(0x4010_0000) },
        { "flash in RAM", TableError.BadFlash, (ref t) => t.Board.Arm64.Flash = new(0x5000_0000) },
        { "no flash", TableError.BadImageSize, (ref t) => t.Board.ImageSize = 0 },
        { "small stride", TableError.BadBoardDevice, (ref t) => t.Board.Arm64.GicrStride = 0x1_0000 },
        { "huge stride", TableError.BadBoardDevice, (ref t) => t.Board.Arm64.GicrStride = 1ul << 63 },
        { "UART in GICD", TableError.BadBoardDevice, (ref t) => t.Board.Arm64.Uart = new(0x0800_f000) },
        { "UART in RAM", TableError.BadBoardDevice, (ref t) => t.Board.Arm64.Uart = new(0x5000_0000) },
        { "UART PPI", TableError.BadUartInterrupt, (ref t) => t.Board.Arm64.UartIntId = 31 },
        { "no guests", TableError.BadGuestCount, (ref t) => t.GuestCount = 0 },
        { "9 guests", TableError.BadGuestCount, (ref t) => t.GuestCount = 9 },
        { "unknown flag", TableError.BadFlags, (ref t) => t.Guest[0].Flags |= (GuestFlags)4 },
        { "no vCPU", TableError.BadVcpuCount, (ref t) => t.Guest[0].VcpuCount = 0 },
        { "9 vCPUs", TableError.BadVcpuCount, (ref t) => t.Guest[0].VcpuCount = 9 },
        { "CPU 4", TableError.BadCpu, (ref t) => t.Guest[0].Cpu[1] = 4 },
        { "CPU 2^31", TableError.BadCpu, (ref t) => t.Guest[0].Cpu[1] = 1u << 31 },
        { "CPU of its own", TableError.CpuTaken, (ref t) => t.Guest[0].Cpu[1] = 0 },
        { "CPU of another", TableError.CpuTaken, (ref t) => t.Guest[1].Cpu[0] = 1 },
        { "no mappings", TableError.BadMappingCount, (ref t) => t.Guest[0].MappingCount = 0 },
        { "17 mappings", TableError.BadMappingCount, (ref t) => t.Guest[0].MappingCount = 17 },
        { "empty mapping", TableError.BadMapping, (ref t) => t.Guest[0].Mapping[0].Size = 0 },
        { "unaligned host", TableError.BadMapping, (ref t) => t.Guest[0].Mapping[0].Host = new(0x5000_0800) },
        { "unaligned guest", TableError.BadMapping, (ref t) => t.Guest[0].Mapping[0].Guest = new(0x4000_0800) },
        { "guest past 39 bits", TableError.BadMapping, (ref t) => t.Guest[0].Mapping[0].Guest = new((1ul << 39) - 0x1000) },
        { "kind 3", TableError.BadMapping, (ref t) => t.Guest[0].Mapping[1].Kind = (MappingKind)3 },
        { "no RAM mapping", TableError.NoRam, (ref t) => t.Guest[0].Mapping[0] = new() { Guest = new(0x0a00_0000), Host = new(0x0a00_0000), Size = 0x1000, Kind = MappingKind.Device } },
        { "RAM that is none", TableError.MappingOutsideRam, (ref t) => t.Guest[0].Mapping[0].Host = new(0x2000_0000) },
        { "hypervisor's RAM", TableError.MappingInHypervisorRam, (ref t) => t.Guest[0].Mapping[0].Host = new(0x4000_0000) },
        { "another's RAM", TableError.MappingOverlapsMapping, (ref t) => t.Guest[1].Mapping[0].Host = new(0x507f_f000) },
        { "device over RAM", TableError.DeviceInRam, (ref t) => t.Guest[0].Mapping[1].Host = new(0x7000_0000) },
        { "device over flash", TableError.DeviceIsHypervisors, (ref t) => t.Guest[0].Mapping[1].Host = new(0x0100_0000) },
        { "device over UART", TableError.DeviceIsHypervisors, (ref t) => t.Guest[0].Mapping[1].Host = new(0x0900_0000) },
        { "device over GICR", TableError.DeviceIsHypervisors, (ref t) => t.Guest[0].Mapping[1].Host = new(0x0811_f000) },
        { "overlap in the guest", TableError.GuestOverlap, (ref t) => t.Guest[0].Mapping[1].Guest = new(0x4000_0000) },
        { "unaligned GICD", TableError.BadPlatform, (ref t) => t.Guest[0].Arm64.Gicd = new(0x0800_1000) },
        { "33 interrupts", TableError.BadPlatform, (ref t) => t.Guest[0].Arm64.IntIdCount = 33 },
        { "UART without SPI", TableError.BadPlatform, (ref t) => t.Guest[0].Arm64.UartIntId = 64 },
        { "UART in GICR", TableError.PlatformOverlap, (ref t) => t.Guest[0].Arm64.Uart = new(0x080c_0000) },
        { "GICD over RAM", TableError.PlatformOverlap, (ref t) => t.Guest[0].Arm64.Gicd = new(0x4000_0000) },
        { "17 interrupts", TableError.BadInterruptCount, (ref t) => t.Guest[0].InterruptCount = 17 },
        { "physical PPI", TableError.BadInterrupt, (ref t) => t.Guest[0].Interrupt[0].PhysicalIntId = 27 },
        { "virtual beyond", TableError.BadInterrupt, (ref t) => t.Guest[0].Interrupt[0].VirtualIntId = 64 },
        { "edge 2", TableError.BadInterrupt, (ref t) => t.Guest[0].Interrupt[0].Edge = 2 },
        { "the UART's SPI", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].PhysicalIntId = 33 },
        { "the virtual UART's SPI", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].VirtualIntId = 33 },
        { "another's SPI", TableError.InterruptTaken, (ref t) => { t.Guest[1].Interrupt[0] = t.Guest[0].Interrupt[0]; t.Guest[1].InterruptCount = 1; } },
        { "no timeout", TableError.BadWatchdog, (ref t) => t.Guest[1].Watchdog.Timeout = 0 },
        { "a timeout nobody could keep", TableError.BadWatchdog, (ref t) => { t.Guest[1].Watchdog.Timeout = 9; t.Guest[1].Watchdog.PreTimeout = 0; } },
        { "a timeout of days", TableError.BadWatchdog, (ref t) => t.Guest[1].Watchdog.Timeout = uint.MaxValue },
        { "all of it pre-timeout", TableError.BadWatchdog, (ref t) => t.Guest[1].Watchdog.PreTimeout = 10_000 },
        { "a boot shorter than the pre-timeout", TableError.BadWatchdog, (ref t) => t.Guest[1].Watchdog.Boot = 5_000 },
        { "frames without a watchdog", TableError.BadWatchdog, (ref t) => t.Guest[1].Watchdog = default },
        { "unaligned control frame", TableError.BadWatchdog, (ref t) => t.Guest[1].Arm64.WatchdogControl = new(0x0903_0800) },
        { "both frames at one place", TableError.PlatformOverlap, (ref t) => t.Guest[1].Arm64.WatchdogRefresh = t.Guest[1].Arm64.WatchdogControl },
        { "a frame in GICR", TableError.PlatformOverlap, (ref t) => t.Guest[1].Arm64.WatchdogRefresh = new(0x080b_0000) },
        { "WS0 without SPI", TableError.BadWatchdog, (ref t) => t.Guest[1].Arm64.WatchdogIntId = 64 },
        { "WS0 is the UART's", TableError.BadWatchdog, (ref t) => t.Guest[1].Arm64.WatchdogIntId = 33 },
        { "WS0 is a device's", TableError.InterruptTaken, (ref t) => { t.Guest[1].Interrupt[0] = new() { PhysicalIntId = 40, VirtualIntId = 36 }; t.Guest[1].InterruptCount = 1; } },
        { "two control guests", TableError.SecondControl, (ref t) => t.Guest[1].Flags |= GuestFlags.Control },
        { "a control UART without the role", TableError.BadControl, (ref t) => t.Guest[0].Flags = GuestFlags.AutoStart },
        { "a control UART's interrupt without the role", TableError.BadControl, (ref t) => t.Guest[1].Arm64.ControlIntId = 40 },
        { "an unaligned control UART", TableError.BadControl, (ref t) => t.Guest[0].Arm64.ControlUart = new(0x0908_0800) },
        { "a control UART in the other one", TableError.PlatformOverlap, (ref t) => t.Guest[0].Arm64.ControlUart = t.Guest[0].Arm64.Uart },
        { "a control UART in the RAM", TableError.PlatformOverlap, (ref t) => t.Guest[0].Arm64.ControlUart = new(0x4000_0000) },
        { "a control UART without SPI", TableError.BadControl, (ref t) => t.Guest[0].Arm64.ControlIntId = 64 },
        { "both UARTs with one SPI", TableError.BadControl, (ref t) => t.Guest[0].Arm64.ControlIntId = 33 },
        { "the control UART's SPI", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].VirtualIntId = 41 },
        { "an unaligned mailbox", TableError.BadControl, (ref t) => t.Guest[0].Mailbox.Registers = new(0x0909_0800) },
        { "a mailbox in a UART", TableError.PlatformOverlap, (ref t) => t.Guest[0].Mailbox.Registers = t.Guest[0].Arm64.ControlUart },
        { "a mailbox in the RAM", TableError.PlatformOverlap, (ref t) => t.Guest[0].Mailbox.Registers = new(0x4000_0000) },
        { "a mailbox's buffer beyond the RAM", TableError.BadControl, (ref t) => t.Guest[0].Mailbox.Buffer = new(0x407f_1000) },
        { "a mailbox's buffer in a device", TableError.BadControl, (ref t) => { t.Guest[0].Mapping[1].Size = 0x2_0000; t.Guest[0].Mailbox.Buffer = new(0x0901_0000); } },
        { "an unaligned buffer", TableError.BadControl, (ref t) => t.Guest[0].Mailbox.Buffer = new(0x4010_0800) },
        { "a mailbox without the role", TableError.BadControl, (ref t) => t.Guest[1].Mailbox.Registers = new(0x0909_0000) },
        { "a buffer without the role", TableError.BadControl, (ref t) => t.Guest[1].Mailbox.Buffer = new(0x4010_0000) },
        { "unaligned slot", TableError.BadSlot, (ref t) => t.Guest[0].SlotA.Offset += 4096 },
        { "slot past flash", TableError.BadSlot, (ref t) => t.Guest[0].SlotB.Offset = 127 * Samples.MiB },
        { "slot that wraps", TableError.BadSlot, (ref t) => t.Guest[0].SlotB.Size = 0xffff_ffff_fffc_0000 },
        { "slots of one guest", TableError.SlotOverlap, (ref t) => t.Guest[0].SlotB = t.Guest[0].SlotA },
        { "unknown restart reason", TableError.BadRestartPolicy, (ref t) => t.Guest[0].Restart.On = (RestartReasons)0x10 },
        { "restart delay", TableError.BadRestartPolicy, (ref t) => t.Guest[0].Restart.DelayMilliseconds = 3_600_001 },
        { "restart limit", TableError.BadRestartPolicy, (ref t) => t.Guest[0].Restart.Limit = 33 },
        { "a crash log without an area", TableError.BadBlackBox, (ref t) => Logged(ref t).CrashArea = default },
        { "a crash area of one block", TableError.BadBlackBox, (ref t) => Logged(ref t).CrashArea.Size /= 2 },
        { "a crash area outside the image", TableError.BadBlackBox, (ref t) => Logged(ref t).CrashArea.Offset = 128 * Samples.MiB },
        { "a crash area in no block", TableError.BadBlackBox, (ref t) => Logged(ref t).CrashArea.Offset += 4096 },
        { "a crash log without a box", TableError.BadBlackBox, (ref t) => Logged(ref t).Board.BlackBox = default },
        { "a slot in the crash area", TableError.SlotOverlap, (ref t) => t.Guest[1].SlotB.Offset = Logged(ref t).CrashArea.Offset - Samples.MiB },
        { "more steps of a reset than there are", TableError.BadDeviceReset, (ref t) => Reset(ref t).FirstResetStep = 31 },
        { "a step outside its devices", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[0].Register = new(0x0902_0000) },
        { "a step in its RAM", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[0].Register = new(0x5000_0000) },
        { "an unaligned step", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[0].Register = new(0x0901_0002) },
        { "a step of no kind", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[0].Action = (ResetAction)3 },
        { "a write that waits", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[0].Microseconds = 1 },
        { "a poll without time", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[1].Microseconds = 0 },
        { "a long poll", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[1].Microseconds = 100_001 },
        { "bits outside the mask", TableError.BadDeviceReset, (ref t) => Steps(ref t).ResetStep[1].Value = 2 },
        { "no tries", TableError.BadUpdatePolicy, (ref t) => t.Guest[0].Update.Tries = 0 },
        { "no time to confirm", TableError.BadUpdatePolicy, (ref t) => t.Guest[1].Update.ConfirmMilliseconds = 0 },
        { "more than a day to confirm", TableError.BadUpdatePolicy, (ref t) => t.Guest[0].Update.ConfirmMilliseconds = 86_400_001 },
        { "health by no watchdog", TableError.BadUpdatePolicy, (ref t) => (t.Guest[0].Watchdog, t.Guest[0].Update.Health) = (default, HealthSource.Watchdog) },
        { "health by something else", TableError.BadUpdatePolicy, (ref t) => t.Guest[1].Update.Health = (HealthSource)2 },
        { "limit without window", TableError.BadRestartPolicy, (ref t) => t.Guest[0].Restart = new() { Limit = 1 } },
        { "restart window", TableError.BadRestartPolicy, (ref t) => t.Guest[1].Restart.WindowSeconds = 86_401 },
        { "fallback", TableError.BadRestartPolicy, (ref t) => t.Guest[1].Restart.Fallback = 2 },
        { "last resort", TableError.BadRestartPolicy, (ref t) => t.Guest[1].Restart.Last = (LastResort)2 },
        { "after itself", TableError.BadStartOrder, (ref t) => t.Guest[0].After = 1 },
        { "after each other", TableError.BadStartOrder, (ref t) => { t.Guest[0].After = 2; t.Guest[1].After = 1; } },
        { "after none there is", TableError.BadStartOrder, (ref t) => t.Guest[1].After = 4 },
        { "slots of two guests", TableError.SlotOverlap, (ref t) => t.Guest[1].SlotA.Offset = t.Guest[0].SlotB.Offset + Samples.MiB },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Says_what_is_wrong(string what, TableError expected, Mutate mutate)
    {
        ApplianceTable table = Samples.Table();
        mutate(ref table);
        ApplianceTable read = default;
        Assert.True(expected == Read(Samples.Stored(table), ref read), what);
    }

    [Fact]
    public void Takes_steps_within_its_guests_devices()
    {
        ApplianceTable table = Samples.Table(), read = default;
        Reset(ref table);
        Assert.Equal(TableError.None, Read(Samples.Stored(table), ref read));
    }

    [Fact]
    public void Takes_a_crash_log()
    {
        ApplianceTable table = Samples.Table(), read = default;
        Logged(ref table);
        Assert.Equal(TableError.None, Read(Samples.Stored(table), ref read));
    }

    private static ref ApplianceTable Logged(ref ApplianceTable table)
    {
        table.Flags |= ApplianceFlags.CrashLog;
        table.CrashArea = new() { Offset = 2 * Samples.MiB, Size = CrashLog.Size };
        table.Board.BlackBox = new() { Base = new(0x4080_0000), Size = BlackBoxLayout.Size };
        return ref table;
    }

    // Two sound steps.
    private static ref GuestEntry Reset(ref ApplianceTable table) => ref Steps(ref table).Guest[0];

    private static ref ApplianceTable Steps(ref ApplianceTable table)
    {
        table.Guest[0].ResetStepCount = 2;
        table.ResetStep[0] = new() { Register = new(0x0901_0000), Mask = uint.MaxValue, Value = 5, Action = ResetAction.Write };
        table.ResetStep[1] = new() { Register = new(0x0901_0ffc), Mask = 1, Value = 1, Action = ResetAction.Poll, Microseconds = 100_000 };
        return ref table;
    }

    private static TableError Read(ReadOnlySpan<byte> stored, ref ApplianceTable table) =>
        ApplianceTableReader.Read<Arm64TableRules>(stored, ref table, out _);
}
