using System;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>
/// Two vCPUs that sleep and wake each other. What comes anywhere between the masking of interrupts and HLT must end the
/// sleep; what is lost there leaves a vCPU asleep for good, and the scenario without its last line.
/// </summary>
internal static unsafe class Wakes
{
    /// <summary>To vCPU 1, which answers with <see cref="Answer"/>.</summary>
    public const uint Ping = 0x71;
    private const uint Answer = 0x72, Self = 0x73, TimerVector = 0x74;
    // Its first page in real mode, and in it where it says that it runs.
    private const uint AsleepPage = 9, Says = AsleepPage << 12 | 0x80;
    /// <summary>Of each kind, every one with a delay of its own; what lies between the masking and HLT is less than the longest.</summary>
    private const uint Rounds = 200;
    /// <summary>TSC counts; in Bochs a handful of instructions.</summary>
    private const uint Step = 25;

    // CLI; MOV BYTE [Says], 1; HLT; JMP back to the HLT
    private static ReadOnlySpan<byte> SleepsForGood => [0xfa, 0xc6, 0x06, 0x80, 0x90, 1, 0xf4, 0xeb, 0xfd];

    private static uint s_pings;
    private static uint s_delay;
    private static bool s_secondaryUp;

    private static bool IsSecondaryUp => Volatile.Read(ref s_secondaryUp);

    public static void Run()
    {
        StartAsleep();
        SecondaryStart.Start(1);
        while (!IsSecondaryUp)
            Cpu.Yield();
        Check.That("INIT"u8, true);
        for (uint round = 0; round < Rounds; round++)
            Sleep(round, Sources.Self, 1);
        Check.That("an interrupt that waits at HLT"u8, true);
        for (uint round = 0; round < Rounds; round++)
            Sleep(round, Sources.Timer, 1);
        Check.That("the timer's count"u8, true);
        for (uint round = 0; round < Rounds && LocalApic.CanDeadline; round++)
            Sleep(round, Sources.Deadline, 1);
        Check.That("the timer's deadline"u8, true);
        for (uint round = 0; round < Rounds; round++)
            Sleep(round, Sources.Other, 1);
        Check.That("the other vCPU"u8, true);
        for (uint round = 0; round < Rounds; round++)
            Sleep(round, Sources.Other | Sources.Timer, 2);
        Check.That("the other vCPU and the timer"u8, true);
        for (uint round = 0; round < Rounds; round++)
            Sleep(round, Sources.Self | Sources.Other | Sources.Timer, 3);
        Check.That("all three"u8, true);
        RunBesidePeriods();
        Check.That("a period that is shorter than its exit"u8, true);
    }

    /// <summary>In vCPU 1's handler.</summary>
    public static void Serve() => Volatile.Write(ref s_pings, s_pings + 1);

    /// <summary>vCPU 1: sleeps until it is asked to answer.</summary>
    public static void AnswerForever()
    {
        LocalApic.Enable(LocalApic.IsX2);
        Volatile.Write(ref s_secondaryUp, true);
        for (uint answered = 0; ; answered++)
        {
            Cpu.MaskInterrupts();
            while (Volatile.Read(ref s_pings) == answered)
            {
                Cpu.WaitUnmasked();
                Cpu.MaskInterrupts();
            }
            for (uint i = Volatile.Read(ref s_delay); i != 0; i--)
                Cpu.Yield();
            LocalApic.Send(0, Answer);
        }
    }

    // With interrupts masked and before anything of it exits: an INIT alone ends that.
    private static void StartAsleep()
    {
        SleepsForGood.CopyTo(new Span<byte>((void*)(AsleepPage << 12), SleepsForGood.Length));
        LocalApic.Send(1, SecondaryStart.Init);
        LocalApic.Send(1, SecondaryStart.StartUp | AsleepPage);
        while (Volatile.Read(ref *(byte*)Says) == 0)
            Cpu.Yield();
    }

    // The guest's own instructions must have their turn, too.
    private static void RunBesidePeriods()
    {
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.Periodic | TimerVector);
        LocalApic.Write(LocalApic.InitialCount, 1);
        for (uint i = 0; i < Rounds; i++)
        {
            Cpu.UnmaskInterrupts();
            Cpu.Yield();
            Cpu.MaskInterrupts();
            Cpu.Cpuid(0);
        }
        LocalApic.Write(LocalApic.InitialCount, 0);
        LocalApic.Write(LocalApic.LvtTimer, LocalApic.Masked);
        Cpu.UnmaskInterrupts();
        Cpu.MaskInterrupts();
    }

    // Interrupts stay masked but for the sleep itself, as in the idle loop of a kernel.
    private static void Sleep(uint round, Sources sources, uint interrupts)
    {
        Cpu.MaskInterrupts();
        Interrupts.Clear();
        Volatile.Write(ref s_delay, round % 20);
        if ((sources & Sources.Other) != 0)
            LocalApic.Send(1, Ping);
        if ((sources & Sources.Timer) != 0)
        {
            LocalApic.Write(LocalApic.LvtTimer, TimerVector);
            LocalApic.Write(LocalApic.InitialCount, round * Step + 1);
        }
        if ((sources & Sources.Deadline) != 0)
        {
            LocalApic.Write(LocalApic.LvtTimer, LocalApic.DeadlineMode | TimerVector);
            Cpu.WriteMsr(LocalApic.DeadlineMsr, Timer.Now + round * Step);
        }
        if ((sources & Sources.Self) != 0)
            LocalApic.Send(0, Self);
        // Another entry into this guest with interrupts masked, or none.
        if ((round & 1) != 0)
            Cpu.Cpuid(0);
        while (Interrupts.Taken < interrupts)
        {
            Cpu.WaitUnmasked();
            Cpu.MaskInterrupts();
        }
        if (Interrupts.Taken != interrupts)
            Check.Equal("interrupts taken"u8, interrupts, Interrupts.Taken);
    }

    [Flags]
    private enum Sources
    {
        Self = 1,
        Timer = 2,
        Deadline = 4,
        Other = 8,
    }
}
