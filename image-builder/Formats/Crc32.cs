using Bulkhead.Boot;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>CRC-32 as GPT wants it (UEFI 2.10, 5.3.2), which is gzip's: the hypervisor has one.</summary>
public static class Crc32
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        InflateTables tables = default;
        NoPause none = default;
        return Boot.Crc32.Compute(bytes, ref tables, ref none);
    }
}
