using System.Runtime;

namespace Bulkhead.Guests.Witness;

/// <summary>
/// Fills its RAM with a pattern once, and digests it again and again: a bit that anyone else changed shows in the next
/// pass. As long as the digest stays what it was there is a line now and then.
/// </summary>
internal static unsafe class Witness
{
    private const ulong PassesPerReport = 64;
    private const ulong Granule = 2 << 20, Multiplier = 0x9fb2_1c65_1e98_df25;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* hardware)
    {
        Platform.Read(hardware);
        Console.UseWholeLines();
        // Behind the image; what the loader left there has been read.
        ulong start = (AddressSpace.PhysicalOf((byte*)AddressSpace.ImageEnd() - 1) + Granule) & ~(Granule - 1);
        ulong end = Platform.RamBase + Platform.RamSize;
        for (ulong at = start; at < end; at += 8)
            *(ulong*)at = Mixed(at);
        ulong first = 0;
        for (ulong pass = 1; ; pass++)
        {
            ulong digest = 0;
            for (ulong at = start; at < end; at += 8)
                digest = Mixed(digest ^ *(ulong*)at);
            if (pass == 1)
                first = digest;
            if (digest == first && pass % PassesPerReport != 1)
                continue;
            Console.Write(digest == first ? "witness: untouched pass="u8 : "witness: CHANGED pass="u8);
            Console.WriteDecimal(pass);
            Console.Write(" bytes="u8);
            Console.WriteDecimal(end - start);
            Console.Write(" digest="u8);
            Console.WriteHex(digest);
            Console.WriteLine(""u8);
        }
    }

    private static ulong Mixed(ulong value)
    {
        value *= Multiplier;
        return value ^ value >> 32;
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
    }
}
