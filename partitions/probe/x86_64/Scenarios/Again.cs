namespace Bulkhead.Guests.Probe;

/// <summary>A life as short as can be: it resets itself at once. Its policy says how often.</summary>
internal static class Again
{
    public static void Run() => Power.Reset();
}
