using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>A FAT file system with one program where UEFI looks on a disk it does not know (UEFI 2.10, 3.5.1.1).</summary>
public static class EfiSystemPartition
{
    // The first day that FAT knows; in every time zone the same.
    private static readonly Dictionary<string, string> Timeless = new() { ["SOURCE_DATE_EPOCH"] = "315532800", ["TZ"] = "UTC" };

    public static byte[] Make(ulong size, byte[] program)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-esp").FullName;
        try
        {
            string image = Path.Combine(folder, "esp"), file = Path.Combine(folder, "BOOTX64.EFI");
            File.WriteAllBytes(image, new byte[size]);
            File.WriteAllBytes(file, program);
            Tool.Run("mformat", ["-i", image, "-N", "b0071e4d", "-v", "BULKHEAD", "-c", "1", "::"], null, Timeless);
            Tool.Run("mmd", ["-i", image, "::/EFI", "::/EFI/BOOT"], null, Timeless);
            Tool.Run("mcopy", ["-i", image, file, "::/EFI/BOOT/BOOTX64.EFI"], null, Timeless);
            byte[] bytes = File.ReadAllBytes(image);
            // mformat signs with its own version.
            "BULKHEAD"u8.CopyTo(bytes.AsSpan(3));
            return bytes;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
