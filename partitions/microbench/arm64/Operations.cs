using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Microbench;

/// <summary>Each operation of the yardstick: measure, then one line for each figure.</summary>
internal static unsafe class Operations
{
    private const ulong Total = Samples.Warmup + Samples.Count;
    private const uint VendorCall = 0xc600_0001;
    private const ulong DistributorTyper = 0x4, DistributorEnable1 = 0x104, RedistributorTyper = 0x8, RedistributorEnable = 0x10100;
    private const ulong TouchedBytes = 16 << 20, BlockMask = (2 << 20) - 1;

    private static Samples s_first;
    private static Samples s_second;
    private static Samples s_third;

    public static ReadOnlySpan<byte> ExceptionsName => " UNDEF="u8;

    private static uint* First => (uint*)Unsafe.AsPointer(ref s_first);

    private static uint* Second => (uint*)Unsafe.AsPointer(ref s_second);

    private static uint* Third => (uint*)Unsafe.AsPointer(ref s_third);

    public static void RunCalls()
    {
        FaultTrap.Arm();
        Measure.Nothing(First, Total);
        Report("overhead"u8);
        Measure.Hvc(First, Total, Psci.Version, 0);
        Report("hvc_psci_version"u8);
        Measure.Hvc(First, Total, VendorCall, 0xff);
        Report("hvc_vendor_0xC6000001_badarg"u8);
        Measure.IdRegister(First, Total);
        Report("sysreg_id_aa64pfr0"u8);
    }

    public static void RunDevices()
    {
        Measure.Read(First, Total, Platform.Gicd, DistributorTyper);
        Report("mmio_rd_GICD_TYPER"u8);
        Measure.Read(First, Total, Platform.Gicd, DistributorEnable1);
        Report("mmio_rd_GICD_ISENABLER1"u8);
        Measure.WriteZero(First, Total, Platform.Gicd, DistributorEnable1);
        Report("mmio_wr_GICD_ISENABLER1_0"u8);
        Measure.Read(First, Total, Gic.OwnRedistributor, RedistributorTyper);
        Report("mmio_rd_GICR_TYPER"u8);
        Measure.Read(First, Total, Gic.OwnRedistributor, RedistributorEnable);
        Report("mmio_rd_GICR_ISENABLER0"u8);
        Measure.Read(First, Total, Console.Uart.FlagRegister, 0);
        Report("mmio_rd_UART_FR"u8);
    }

    public static void RunInterrupts()
    {
        Measure.SelfSgi(First, Second, Third, Total);
        Report("sgi_self_to_entry"u8, "sgi_self_to_eoi"u8, "sgi_self_roundtrip"u8);
        Measure.TimerSpinning(First, Second, Total);
        Report("vtimer_spin_to_entry"u8, "vtimer_spin_to_eoi"u8, default);
        Measure.TimerWaiting(First, Second, Total);
        Report("vtimer_wfi_to_entry"u8, "vtimer_wfi_to_eoi"u8, default);
    }

    public static void RunPings()
    {
        Measure.PingYielding(First, Second, Third, Total);
        Report("ipi_yield_to_vcpu1_entry"u8, "ipi_yield_reply_entry"u8, "ipi_yield_roundtrip"u8);
        Measure.PingWaiting(First, Second, Third, Total);
        Report("ipi_wfi_to_vcpu1_entry"u8, "ipi_wfi_reply_entry"u8, "ipi_wfi_roundtrip"u8);
    }

    /// <summary>16 MiB behind the image, twice: demand faults would show the first time.</summary>
    public static void RunTouch()
    {
        ulong start = (AddressSpace.PhysicalOf((byte*)AddressSpace.ImageEnd() - 1) + BlockMask) & ~BlockMask;
        for (int pass = 0; pass < 2; pass++)
        {
            ulong ticks = Measure.Touch(start, TouchedBytes);
            Console.Write(pass == 0 ? "MB touch4096pages_first total="u8 : "MB touch4096pages_again total="u8);
            Console.WriteDecimal(ticks);
            Console.WriteLine(""u8);
        }
    }

    private static void Report(ReadOnlySpan<byte> first) => Report(first, default, default);

    private static void Report(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        uint exceptions = FaultTrap.Disarm();
        Samples.Report(first, new(First + Samples.Warmup, Samples.Count), exceptions);
        if (!second.IsEmpty)
            Samples.Report(second, new(Second + Samples.Warmup, Samples.Count), 0);
        if (!third.IsEmpty)
            Samples.Report(third, new(Third + Samples.Warmup, Samples.Count), 0);
        FaultTrap.Arm();
    }
}
