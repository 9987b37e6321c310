namespace Bulkhead.Guests.Probe;

/// <summary>Numbered lines for ever, as fast as the UART takes them: must throttle nobody else.</summary>
internal static class Flood
{
    public static void Run()
    {
        for (ulong number = 0; ; number++)
        {
            Console.Write("probe: flood "u8);
            Console.WriteDecimal(number);
            Console.WriteLine(" xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"u8);
        }
    }
}
