using System;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>
/// Two vCPUs that sleep and wake each other. What comes anywhere between the masking of interrupts and HLT must end the
/// sleep; what is lost there leaves a vCPU asleep for good, and the scenario without its last line.
/// </summary>
internal static class Wakes
{
    /// <summary>To vCPU 1, which answers with <see cref="Answer"/>.</summary>
    public const uint Ping = 0x71;
    private const uint Answer = 0x72, Self = 0x73, TimerVector = 0x74;
    private const uint Init = 0xc500, StartUp = 0xc600, TrampolinePage = 8;
    /// <summary>Of each kind, every one with a delay of its own; what lies between the masking and HLT is less than the longest.</summary>
    private const uint Rounds = 200;
    /// <summary>TSC counts; in Bochs a handful of instructions.</summary>
    private const uint Step = 25;

    private static uint s_pings;
    private static uint s_delay;
    private static bool s_secondaryUp;

    private static bool IsSecondaryUp => Volatile.Read(ref s_secondaryUp);

    public static void Run()
    {
        SecondaryStart.Prepare(1);
        LocalApic.Send(1, Init);
        LocalApic.Send(1, StartUp | TrampolinePage);
        while (!IsSecondaryUp)
            Cpu.Yield();
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
