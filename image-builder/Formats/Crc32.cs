namespace Bulkhead.ImageBuilder.Formats;

/// <summary>CRC-32 as GPT wants it (UEFI 2.10, 5.3.2): reflected, polynomial 0xEDB88320.</summary>
public static class Crc32
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
        return ~crc;
    }
}
