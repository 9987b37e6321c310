using System.Runtime;

namespace Bulkhead.Guests.Hostile;

/// <summary>Interrupts to itself, to the other vCPU, to groups and ids that it does not have, by every mode that is no INIT.</summary>
internal static class Storms
{
    private const uint MostAtOnce = 4096, FirstVector = 32;
    private const uint Logical = 1 << 11, LowestPriority = 1 << 8, Smi = 2 << 8, ExtInt = 7 << 8, AssertLevel = 1 << 14;
    private const ulong IoSelect = Platform.IoApic, IoWindow = Platform.IoApic + 0x10;

    private static uint s_taken;

    public static void Run(ref Random random, uint share)
    {
        Quieten();
        if (Second.Exists)
            Second.Start(Second.Storm, random.Next());
        for (uint i = 0; i < share; i++)
        {
            uint vector = FirstVector + random.Below(224);
            uint mode = random.Below(6) switch
            {
                0 => LowestPriority,
                1 => Smi,
                2 => ExtInt,
                _ => 0,
            };
            uint shorthand = random.Below(4) << 18, logical = random.OneIn(3) ? Logical : 0;
            switch (random.Below(8))
            {
                case 0:
                    LocalApic.Write(LocalApic.Eoi, (uint)random.Edgy());
                    break;
                case 1:
                    LocalApic.Write(LocalApic.Tpr, random.Below(256));
                    break;
                case 2:
                    // An illegal vector: an error of the APIC, not an interrupt.
                    LocalApic.Send(random.Below(256), AssertLevel | shorthand | random.Below(16));
                    break;
                default:
                    LocalApic.Send(random.OneIn(2) ? random.Below(2) : random.Below(256), AssertLevel | shorthand | logical | mode | vector);
                    break;
            }
            Score.Take(vector);
            if (random.OneIn(8))
                Open();
        }
        if (Second.Exists)
            Second.Stop();
        Quieten();
    }

    /// <summary>On the other vCPU.</summary>
    public static void SendToFirst(ref Random random) =>
        LocalApic.Send(0, AssertLevel | FirstVector + random.Below(224));

    /// <summary>The APICs as the kit wants them, and nothing pending.</summary>
    public static void Quieten()
    {
        for (uint input = 0; input < 24; input++)
        {
            Device.Write32(IoSelect, 0x10 + input * 2);
            Device.Write32(IoWindow, LocalApic.Masked | 0xff);
        }
        LocalApic.Enable(false);
        for (uint i = 0; i < 256; i++)
            LocalApic.Write(LocalApic.Eoi, 0);
        Open();
    }

    private static void Open()
    {
        s_taken = 0;
        Cpu.UnmaskInterrupts();
        Cpu.MaskInterrupts();
        Score.Check(s_taken < MostAtOnce, "interrupts without an end"u8, 0, s_taken);
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
        s_taken++;
        Score.Check(frame.Vector is >= FirstVector and < 256, "a vector"u8, frame.Vector, 0);
        if (frame.Vector != LocalApic.SpuriousVector)
            LocalApic.Write(LocalApic.Eoi, 0);
    }
}
