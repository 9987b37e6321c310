using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The other vCPUs' way from real mode to GuestSecondary (Secondary.S).</summary>
internal static class SecondaryStart
{
    /// <summary>What the next SIPI to page 8 starts.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "PrepareSecondary")]
    public static extern void Prepare(uint index);
}
