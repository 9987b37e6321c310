using System.Globalization;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Formats;

/// <summary>Our initramfs archives, as cpio reads them.</summary>
public class CpioTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1001).Select(i => (byte)(i * 7))];

    [Fact]
    public void CpioListsEveryEntry()
    {
        string[] rows = Encoding.ASCII.GetString(Stock.Filter("cpio", Sample(), "-itv", "--quiet", "--numeric-uid-gid")).TrimEnd('\n').Split('\n');
        string[][] words = [.. rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(
            ["drwxr-xr-x bin", "-rwxr-xr-x bin/tool", "-rw-r--r-- odd-1", "-rw-r--r-- odd-2", "-rw-r--r-- odd-3", "-rw-r--r-- empty", "lrwxrwxrwx bin/sh -> tool", "crw------- dev/console"],
            words.Select(row => row[0] + " " + string.Join(' ', row.SkipWhile(word => word is not ("1970" or "00:00")).Skip(1))));
        // Owner 0, and no time: whoever builds, and when, is not in it.
        Assert.All(words, row => Assert.Equal(["0", "0"], row[2..4]));
        Assert.All(rows, row => Assert.Contains("Jan  1  1970", row));
        Assert.Contains("5,   1", rows[^1]);
    }

    [Fact]
    public void CpioUnpacksEveryByte()
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-cpio").FullName;
        try
        {
            // Without the device node: only root can make one.
            Stock.Filter("cpio", Sample(), "-id", "--quiet", "--no-preserve-owner", "-D", folder, "-f", "dev/*");
            Assert.Equal(Content, File.ReadAllBytes(Path.Combine(folder, "bin/tool")));
            for (int size = 0; size < 4; size++)
                Assert.Equal(Content[..size], File.ReadAllBytes(Path.Combine(folder, size == 0 ? "empty" : $"odd-{size}")));
            Assert.Equal("tool", new FileInfo(Path.Combine(folder, "bin/sh")).LinkTarget);
            Assert.True((File.GetUnixFileMode(Path.Combine(folder, "bin/tool")) & UnixFileMode.OtherExecute) != 0);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static byte[] Sample()
    {
        CpioWriter cpio = new();
        cpio.Directory("bin");
        cpio.File("/bin/tool", Content, true);
        for (int size = 1; size < 4; size++)
            cpio.File(string.Create(CultureInfo.InvariantCulture, $"odd-{size}"), Content.AsSpan(0, size), false);
        cpio.File("empty", [], false);
        cpio.Symlink("bin/sh", "tool");
        cpio.CharacterDevice("dev/console", 5, 1);
        return cpio.Finish();
    }
}
