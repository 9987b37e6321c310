using System.Globalization;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Sizes and addresses, the numbers and how they are written.</summary>
public static class Units
{
    public const ulong KiB = 1UL << 10;
    public const ulong MiB = 1UL << 20;
    public const ulong GiB = 1UL << 30;

    /// <summary>In the largest unit that leaves a whole number: `256 MiB`.</summary>
    public static string Size(ulong bytes)
    {
        (ulong unit, string name) = bytes switch
        {
            0 => (1UL, "B"),
            _ when bytes % GiB == 0 => (GiB, "GiB"),
            _ when bytes % MiB == 0 => (MiB, "MiB"),
            _ when bytes % KiB == 0 => (KiB, "KiB"),
            _ => (1UL, "B"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit} {name}");
    }

    public static string Address(ulong address) => "0x" + address.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>`0x40000000..0x4fffffff`: both ends belong to the range.</summary>
    public static string Range(AddressRange range) => range.Size == 0 ? Address(range.Base) : $"{Address(range.Base)}..{Address(range.End - 1)}";

    internal static ulong AlignUp(ulong value, ulong alignment) => checked(value + alignment - 1) / alignment * alignment;
}
