using System;

namespace Bulkhead.Guests.Probe;

/// <summary>Waits at a prompt without a newline; a scenario's name typed there plays it.</summary>
internal static class Interactive
{
    public static void Run()
    {
        Console.WriteLine("probe: interactive: type a scenario, or quit"u8);
        while (true)
        {
            Console.Write("probe> "u8);
            Keyboard.Start();
            ReadOnlySpan<byte> line = Keyboard.ReadLine();
            if (line.SequenceEqual("quit"u8))
                return;
            if (!line.SequenceEqual("interactive"u8))
                Probe.Run(line);
        }
    }
}
