using System;

namespace Bulkhead.Guests.Probe;

/// <summary>Says back every line that comes by receive interrupt; `quit` ends it.</summary>
internal static class Echo
{
    public static void Run()
    {
        Keyboard.Start();
        Console.WriteLine("probe: echo ready"u8);
        while (true)
        {
            ReadOnlySpan<byte> line = Keyboard.ReadLine();
            Console.Write("probe: echo heard "u8);
            Console.WriteLine(line);
            if (line.SequenceEqual("quit"u8))
                return;
        }
    }
}
