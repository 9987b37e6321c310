using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>
/// One life of many: looks for anything that a former one could have left, then leaves all it can, and ends. What it
/// wrote to its RAM is gone, so every life is the first as far as it knows.
/// </summary>
internal static unsafe class Lives
{
    private const ulong Soil = 0x5a5a_c3c0;
    private const ulong LowRamEnd = 0xa_0000, HighRam = 0x10_0000, ImageStart = 0x20_0000, Page = 0x1000;

    private const uint FirstVector = 0x40, TimerVector = 0x80, Waiting = 0x81, InService = 0x82, FromOther = 0x83;

    // SDM vol 4, table 2-2; the hypervisor's clocks by KVM's numbers.
    private const uint SysenterCs = 0x174, SysenterEip = 0x176, Pat = 0x277, Star = 0xc000_0081, SfMask = 0xc000_0084,
        FsBase = 0xc000_0100, KernelGsBase = 0xc000_0102, TscAux = 0xc000_0103, WallClock = 0x4b56_4d00, SystemTime = 0x4b56_4d01;
    private const ulong PatAtReset = 0x0007_0406_0007_0406, PatOther = 0x0007_0406_0001_0406;
    private const uint HasRdtscp = 1u << 27;

    // SDM vol 3, 11.4.1: of the boot processor after a reset, an xAPIC that is on.
    private const ulong ApicBase = Platform.LocalApic | 0x900;
    private const uint FirstState = 0x100, LastState = 0x270, FirstLvt = 0x320, LastLvt = 0x370, Dfr = 0xe0, Ldr = 0xd0, Ppr = 0xa0, Esr = 0x280;

    // PC16550D, table III.
    private const uint Uart = (uint)Platform.Uart, InterruptEnable = 1, InterruptIdentity = 2, LineControl = 3, ModemControl = 4, Scratch = 7;
    private const byte NothingPending = 1, DivisorAccess = 0x80, Out2 = 8, TransmitterEmpty = 2;

    private static ulong s_vectors, s_registers, s_msrs, s_apic, s_ioApic, s_uart;
    private static bool s_isOver, s_isWriting;

    /// <summary>In every vCPU but the first: it is for <see cref="WriteForever"/>.</summary>
    public static bool IsOver => Volatile.Read(ref s_isOver);

    /// <summary>Before anything is set up.</summary>
    public static void Look()
    {
        s_vectors = ReadVectors();
        s_registers = Leftovers.ReadRegisters();
        s_msrs = ReadMsrs();
        s_apic = ReadApic();
        s_ioApic = ReadIoApic();
        s_uart = ReadUart();
    }

    public static void Run()
    {
        Check.Equal("lives vector registers"u8, 0, s_vectors);
        Check.Equal("lives registers"u8, 0, s_registers);
        Check.Equal("lives MSRs"u8, 0, s_msrs);
        Check.Equal("lives local APIC"u8, 0, s_apic);
        Check.Equal("lives I/O APIC"u8, 0, s_ioApic);
        Check.Equal("lives UART"u8, 0, s_uart);
        Check.That("lives watchdog"u8, !Watchdog.IsRunning);
        Check.Equal("lives memory"u8, 0, Touched());
        // Everything is listened to, and nothing has a reason to come.
        for (uint pin = 0; pin < IoApic.Pins; pin++)
            IoApic.Route(pin, FirstVector + pin);
        LocalApic.Write(LocalApic.LvtTimer, TimerVector);
        NmiCounts* nmis = NonMaskable.InstallNmiHandler();
        Interrupts.Clear();
        Check.Equal("lives silence"u8, 0, Interrupts.Collect(0));
        Check.Equal("lives NMIs"u8, 0, Volatile.Read(ref nmis->Taken));
        // Each odd one sends another from inside its handler.
        LocalApic.Send(0, NonMaskable.Nmi);
        Interrupts.Collect(0);
        Check.Equal("lives NMIs are not blocked"u8, 2, Volatile.Read(ref nmis->Taken));
        // The other vCPU has not gone on writing.
        Check.Equal("lives memory still"u8, 0, Touched());
    }

    /// <summary>After the last line: everything armed, then the end, in an NMI's handler with another one waiting.</summary>
    public static void End()
    {
        // One in service; behind it wait one more, the timer's, the other vCPU's, and the UART's with all inputs open.
        Interrupts.Clear();
        Interrupts.KeepInService(InService);
        LocalApic.Send(0, InService);
        Interrupts.Collect(1);
        Volatile.Write(ref s_isOver, true);
        SecondaryStart.Start(1);
        while (!Volatile.Read(ref s_isWriting))
            Cpu.Yield();
        Watchdog.Start(60_000, 0);
        Device.Out8(Uart + Scratch, 0xff);
        Device.Out8(Uart + ModemControl, Out2);
        Device.Out8(Uart + InterruptEnable, TransmitterEmpty);
        for (uint pin = 0; pin < IoApic.Pins; pin++)
            IoApic.Route(pin, IoApic.Level | FirstVector + pin);
        LocalApic.Send(0, Waiting);
        LocalApic.Write(LocalApic.LvtTimer, TimerVector);
        LocalApic.Write(LocalApic.InitialCount, 1);
        SoilMemory();
        SoilMsrs();
        Leftovers.SoilRegisters(Soil);
        // Three ends, none of which anybody chose.
        ulong end = Timer.Now / 64 % 3;
        SoilVectors(Soil);
        if (end == 0)
            EndInNmi(Power.ResetPort, Power.ResetValue);
        else if (end == 1)
            EndInNmi(Power.SleepControl, Power.SleepOff);
        EndInNmi(0, 0);
    }

    /// <summary>vCPU 1, to the end and beyond it, were it let: memory and interrupts.</summary>
    public static void WriteForever()
    {
        LocalApic.Enable(LocalApic.IsX2);
        while (true)
        {
            Volatile.Write(ref *(ulong*)Page, Soil);
            Volatile.Write(ref *(ulong*)(RamEnd - 8), Soil);
            LocalApic.Send(0, FromOther);
            Volatile.Write(ref s_isWriting, true);
        }
    }

    private static ulong ImageEnd => AddressSpace.PhysicalOf((byte*)AddressSpace.ImageEnd() - 1) + Page & ~(Page - 1);

    private static ulong RamEnd => Platform.RamBase + Platform.RamSize;

    // Words of RAM that are not zero: but for the image, and what the loader put below 1 MiB.
    private static ulong Touched() => Touched(0, LowRamEnd) + Touched(HighRam, ImageStart) + Touched(ImageEnd, RamEnd);

    private static ulong Touched(ulong from, ulong to)
    {
        ulong touched = 0;
        for (ulong at = from; at < to; at += 8)
            touched += *(ulong*)at != 0 ? 1ul : 0;
        return touched;
    }

    private static void SoilMemory()
    {
        Fill(0, LowRamEnd);
        Fill(HighRam, ImageStart);
        Fill(ImageEnd, RamEnd);
    }

    private static void Fill(ulong from, ulong to)
    {
        for (ulong at = from; at < to; at += 8)
            *(ulong*)at = Soil;
    }

    private static ulong ReadMsrs()
    {
        ulong left = Cpu.ReadMsr(Pat) ^ PatAtReset;
        for (uint msr = SysenterCs; msr <= SysenterEip; msr++)
            left |= Cpu.ReadMsr(msr);
        for (uint msr = Star; msr <= SfMask; msr++)
            left |= Cpu.ReadMsr(msr);
        for (uint msr = FsBase; msr <= KernelGsBase; msr++)
            left |= Cpu.ReadMsr(msr);
        if (HasTscAux)
            left |= Cpu.ReadMsr(TscAux);
        return left | Cpu.ReadMsr(WallClock) | Cpu.ReadMsr(SystemTime);
    }

    private static void SoilMsrs()
    {
        Cpu.WriteMsr(Pat, PatOther);
        for (uint msr = SysenterCs; msr <= SysenterEip; msr++)
            Cpu.WriteMsr(msr, Soil);
        for (uint msr = Star; msr <= SfMask; msr++)
            Cpu.WriteMsr(msr, Soil);
        for (uint msr = FsBase; msr <= KernelGsBase; msr++)
            Cpu.WriteMsr(msr, Soil);
        if (HasTscAux)
            Cpu.WriteMsr(TscAux, Soil);
        // A clock that the hypervisor keeps in our RAM.
        Cpu.WriteMsr(SystemTime, HighRam | 1);
    }

    private static bool HasTscAux => (Cpu.Cpuid(0x8000_0001).Edx & HasRdtscp) != 0;

    private static ulong ReadApic()
    {
        ulong left = Cpu.ReadMsr(LocalApic.BaseMsr) ^ ApicBase;
        // Nothing of it is in memory.
        if (left != 0)
            return left;
        left = ReadPage(LocalApic.Id) | ReadPage(LocalApic.Tpr) | ReadPage(Ppr) | ReadPage(Ldr) | ReadPage(Esr) | ReadPage(LocalApic.Icr) | ReadPage(LocalApic.IcrHigh)
            | ReadPage(LocalApic.InitialCount) | ReadPage(LocalApic.CurrentCount) | ReadPage(LocalApic.Divide)
            | ~ReadPage(Dfr) | ReadPage(LocalApic.Svr) ^ LocalApic.SpuriousVector | (uint)Cpu.ReadMsr(LocalApic.DeadlineMsr);
        // ISR, TMR and IRR.
        for (uint register = FirstState; register <= LastState; register += 16)
            left |= ReadPage(register);
        for (uint register = FirstLvt; register <= LastLvt; register += 16)
            left |= ReadPage(register) ^ LocalApic.Masked;
        return left;
    }

    private static uint ReadPage(uint register) => Device.Read32(Platform.LocalApic + register);

    private static ulong ReadIoApic()
    {
        ulong left = IoApic.ReadSelect() | IoApic.ReadId();
        for (uint pin = 0; pin < IoApic.Pins; pin++)
            left |= IoApic.ReadEntry(pin) ^ IoApic.Masked;
        return left;
    }

    private static ulong ReadUart()
    {
        uint left = ReadUart(InterruptEnable) | ReadUart(LineControl) | ReadUart(ModemControl) | ReadUart(Scratch) | ReadUart(InterruptIdentity) ^ NothingPending;
        Device.Out8(Uart + LineControl, DivisorAccess);
        left |= ReadUart(0) ^ 1 | ReadUart(InterruptEnable);
        Device.Out8(Uart + LineControl, 0);
        return left;
    }

    private static uint ReadUart(uint register) => Device.In8(Uart + register);

    // Lives.S
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_ReadVectors")] private static extern ulong ReadVectors();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_SoilVectors")] private static extern void SoilVectors(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_EndInNmi")] private static extern void EndInNmi(uint port, byte value);
}
