using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Microbench;

/// <summary>Each operation of the yardstick: measure, then one line for each figure.</summary>
internal static unsafe class Operations
{
    private const ulong Total = Samples.Warmup + Samples.Count;
    private const uint TimerVector = 0x41;
    private const uint UnknownCall = 0xbad, UnknownMsr = 0xdead, UnknownLeaf = 0x0fff_fff0;
    private const uint Efer = 0xc000_0080, FsBase = 0xc000_0100;
    private const uint UnassignedPort = 0x2e0, PicPort = 0x21, DelayPort = 0x80, LineStatusPort = 0x3fd;
    private const ulong UnassignedAddress = 0xfe80_0000, ProbedPage = 32 << 20, TouchedBytes = 16 << 20;
    private const ulong Near = 50_000, Far = 200_000, Never = 100_000_000;
    private const uint RdtscpLeaf = 0x8000_0001, HasRdtscp = 1 << 27;

    private static Samples s_first;
    private static Samples s_second;
    private static Samples s_third;

    public static ReadOnlySpan<byte> ExceptionsName => " EXC="u8;

    public static uint* First => (uint*)Unsafe.AsPointer(ref s_first);

    private static uint* Second => (uint*)Unsafe.AsPointer(ref s_second);

    private static uint* Third => (uint*)Unsafe.AsPointer(ref s_third);

    /// <summary>The local APIC by its page.</summary>
    public static void RunXApic()
    {
        Measure.Read(First, Total, Platform.LocalApic + LocalApic.Id);
        Report("xapic_rd_id"u8);
        Measure.Read(First, Total, Platform.LocalApic + LocalApic.Tpr);
        Report("xapic_rd_tpr"u8);
        Measure.Write(First, Total, Platform.LocalApic + LocalApic.Tpr, 0);
        Report("xapic_wr_tpr"u8);
        SelfIpi("xapic_selfipi_to_entry"u8, "xapic_selfipi_to_eoi"u8, 0);
    }

    /// <summary>And by MSRs.</summary>
    public static void RunX2Apic()
    {
        Measure.ReadMsr(First, Total, LocalApic.FirstMsr + (LocalApic.Id >> 4));
        Report("x2apic_rd_id"u8);
        Measure.ReadMsr(First, Total, LocalApic.FirstMsr + (LocalApic.Tpr >> 4));
        Report("x2apic_rd_tpr"u8);
        Measure.WriteMsr(First, Total, LocalApic.FirstMsr + (LocalApic.Tpr >> 4), 0);
        Report("x2apic_wr_tpr"u8);
        SelfIpi("x2apic_selfipi83f_to_entry"u8, "x2apic_selfipi83f_to_eoi"u8, 1);
    }

    public static void RunCalls(bool isAmd, uint knownCall)
    {
        Measure.Nothing(First, Total);
        Report("overhead"u8);
        Measure.Cpuid(First, Total, 0);
        Report("cpuid_0"u8);
        Measure.Cpuid(First, Total, UnknownLeaf);
        Report("cpuid_out_of_range"u8);
        Call(isAmd, UnknownCall);
        Report("hypercall_unknown"u8);
        Call(isAmd, knownCall);
        Report("hypercall_known"u8);
        Measure.ReadMsr(First, Total, LocalApic.BaseMsr);
        Report("rdmsr_apic_base"u8);
        Measure.ReadMsr(First, Total, Efer);
        Report("rdmsr_efer"u8);
        Measure.ReadMsr(First, Total, FsBase);
        Report("rdmsr_fs_base"u8);
        Measure.ReadMsr(First, Total, UnknownMsr);
        Report("rdmsr_unknown"u8);
    }

    public static void RunPorts()
    {
        Measure.In(First, Total, LineStatusPort);
        Report("in_uart_lsr_3fd"u8);
        Measure.In(First, Total, UnassignedPort);
        Report("in_unassigned_2e0"u8);
        Measure.In(First, Total, PicPort);
        Report("in_pic_21"u8);
        Measure.Out(First, Total, DelayPort);
        Report("out_port80"u8);
    }

    public static void RunRegistersAndMemory()
    {
        Measure.ReadCr8(First, Total);
        Report("mov_from_cr8"u8);
        Measure.WriteCr8(First, Total);
        Report("mov_to_cr8_0"u8);
        Device.Write32(Platform.IoApic, 1);
        Measure.Read(First, Total, Platform.IoApic + 0x10);
        Report("mmio_rd_ioapic_ver"u8);
        Measure.Read(First, Total, UnassignedAddress);
        Report("mmio_rd_unassigned"u8);
        Measure.ReadCr3(First, Total);
        Report("mov_from_cr3"u8);
        Measure.WriteCr3(First, Total, Cpu.ReadCr3());
        Report("mov_to_cr3"u8);
        Measure.WriteCr0(First, Total, Cpu.ReadCr0());
        Report("mov_to_cr0_same"u8);
        Measure.Invlpg(First, Total, ProbedPage);
        Report("invlpg"u8);
        Measure.Wbinvd(First, Total);
        Report("wbinvd"u8);
        Measure.Rdtsc(First, Total);
        Report("rdtsc"u8);
        if ((Cpu.Cpuid(RdtscpLeaf).Edx & HasRdtscp) != 0)
        {
            Measure.Rdtscp(First, Total);
            Report("rdtscp"u8);
        }
        Measure.Pause(First, Total);
        Report("pause_x10"u8);
    }

    /// <param name="ratio">TSC ticks in one of the local APIC's timer.</param>
    public static void RunTimers(ulong ratio)
    {
        SelfIpi("selfipi_icr_to_entry"u8, "selfipi_icr_to_eoi"u8, 0);
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.Masked | TimerVector);
        if (LocalApic.IsX2)
            Measure.WriteMsr(First, Total, LocalApic.FirstMsr + (LocalApic.InitialCount >> 4), Never);
        else
            Measure.Write(First, Total, Platform.LocalApic + LocalApic.InitialCount, Never);
        Report("arm_oneshot"u8);
        LocalApic.Write(LocalApic.InitialCount, 0);
        LocalApic.Write(LocalApic.LvtTimer, TimerVector);
        Measure.OneShot(First, Total, Near, ratio, false);
        Report("oneshot_spin_to_entry"u8);
        Measure.OneShot(First, Total, Far, ratio, true);
        Report("oneshot_hlt_to_entry"u8);
        if (LocalApic.CanDeadline)
            RunDeadlines();
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.Masked | TimerVector);
    }

    private static void RunDeadlines()
    {
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.DeadlineMode | LocalApic.Masked | TimerVector);
        Measure.ArmDeadline(First, Total, Never);
        Report("arm_tscdeadline"u8);
        Cpu.WriteMsr(LocalApic.DeadlineMsr, 0);
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.DeadlineMode | TimerVector);
        Measure.Deadline(First, Total, Near, 0, false);
        Report("tscdl_spin_to_entry"u8);
        Measure.Deadline(First, Total, Far, 0, true);
        Report("tscdl_hlt_to_entry"u8);
    }

    public static void RunPings(uint id)
    {
        Measure.Ping(First, Total, id, Second, false, Third);
        Report("ipi_pause_to_vcpu1_entry"u8, "ipi_pause_reply_entry"u8, "ipi_pause_roundtrip"u8);
        Measure.Ping(First, Total, id, Second, true, Third);
        Report("ipi_hlt_to_vcpu1_entry"u8, "ipi_hlt_reply_entry"u8, "ipi_hlt_roundtrip"u8);
    }

    /// <summary>16 MiB behind the image, twice: demand faults would show the first time.</summary>
    public static void RunTouch()
    {
        for (int pass = 0; pass < 2; pass++)
        {
            uint ticks = Measure.Touch(ProbedPage, TouchedBytes);
            Console.Write(pass == 0 ? "MB touch4096pages_first total="u8 : "MB touch4096pages_again total="u8);
            Console.WriteDecimal(ticks);
            Console.WriteLine(""u8);
        }
    }

    private static void Call(bool isAmd, uint function)
    {
        if (isAmd)
            Measure.Vmmcall(First, Total, function);
        else
            Measure.Vmcall(First, Total, function);
    }

    private static void SelfIpi(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> eoi, ulong byRegister)
    {
        Measure.SelfIpi(First, Total, byRegister, Second);
        Report(entry, eoi, default);
    }

    private static void Report(ReadOnlySpan<byte> first) => Report(first, default, default);

    private static void Report(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        uint exceptions = Measure.TakeExceptions();
        Samples.Report(first, new(First + Samples.Warmup, Samples.Count), exceptions);
        if (!second.IsEmpty)
            Samples.Report(second, new(Second + Samples.Warmup, Samples.Count), 0);
        if (!third.IsEmpty)
            Samples.Report(third, new(Third + Samples.Warmup, Samples.Count), 0);
    }
}
