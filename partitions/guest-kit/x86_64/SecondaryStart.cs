using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The other vCPUs' way from real mode to GuestSecondary (Secondary.S).</summary>
internal static class SecondaryStart
{
    /// <summary>Commands of the ICR: asserted, by level (SDM 3, 11.6.1). A STARTUP's low byte is the page it starts at.</summary>
    public const uint Init = 0xc500, StartUp = 0xc600;

    private const uint Page = 8;

    /// <summary>vCPU <paramref name="index"/>, by INIT and STARTUP.</summary>
    public static void Start(uint index)
    {
        Prepare(index);
        LocalApic.Send(index, Init);
        LocalApic.Send(index, StartUp | Page);
    }

    /// <summary>What the next STARTUP to page 8 starts.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "PrepareSecondary")]
    public static extern void Prepare(uint index);
}
