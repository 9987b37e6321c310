using Xunit;

namespace Bulkhead.ImageBuilder.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-file").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    private string Target => Path.Combine(_folder, "new", "image");

    [Fact]
    public void It_is_written_whole_and_the_folder_made()
    {
        WholeFile.Write(Target, "old and longer"u8);
        WholeFile.Write(Target, "new"u8);
        Assert.Equal("new"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void A_full_disk_is_named_and_the_old_file_stays()
    {
        WholeFile.Write(Target, "old"u8);
        // Linux's own full disk, behind the name that is written first.
        File.CreateSymbolicLink(Target + ".part", "/dev/full");
        string message = Assert.Throws<BuildException>(() => WholeFile.Write(Target, new byte[1 << 20])).Message;
        Assert.Contains("the disk is full; 1 MiB are wanted", message, StringComparison.Ordinal);
        Assert.Equal("old"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Theory]
    [InlineData("/dev/bulkhead-image")]
    [InlineData("/tmp")]
    [InlineData("/proc/new/image")]
    public void Where_no_file_can_be_it_says_so(string target)
    {
        Assert.Contains(target, Assert.Throws<BuildException>(() => WholeFile.Write(target, "new"u8)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
        Assert.False(File.Exists(target + ".part"));
    }
}
