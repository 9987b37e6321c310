using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Images as files: reproducible, readable by stock tools, refused where damaged.</summary>
[Collection("emulator")]
public class ImageTests
{
    [Fact]
    public void Two_builds_from_two_places_are_the_same_bytes()
    {
        string first = Board.Probes(("probe", 1, "hello")), second = Board.Probes(("probe", 1, "hello"));
        string a = Build(first), b = Build(second);
        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void Sgdisk_accepts_the_image()
    {
        string image = Build(Board.Probes(("probe", 1, "hello")));
        string said = ImageBuilder.Packages.Tool.Run("/usr/sbin/sgdisk", ["-v", image]);
        Assert.Contains("No problems found", said);
        Assert.Contains("probe-a", ImageBuilder.Packages.Tool.Run("/usr/sbin/sgdisk", ["-p", image]));
    }

    [Fact]
    public void A_wrong_digest_keeps_that_guest_out_and_lets_the_others_run()
    {
        string manifest = Board.Probes(("bad", 1, "hello"), ("good", 1, "hello"));
        string image = Build(manifest);
        ulong slot = ImageBuilder.Formats.Gpt.Read(File.ReadAllBytes(image)).Single(partition => partition.Name == "bad-a").Offset;
        using (FileStream file = File.OpenWrite(image))
        {
            file.Position = (long)slot + 4096 + 1000;
            file.WriteByte(0xa5);
        }
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--image", image, "--timeout", "240", "--expect", "bulkhead=bad: not started: its package was refused", "--expect", "good=probe: hello done");
        Assert.True(exit == 0, output);
        (exit, output) = Board.Bulkhead("inspect", image);
        Assert.Equal(1, exit);
        Assert.Contains("bad-a: segment kernel does not match its SHA-256", output);
    }

    [Fact]
    public void A_damaged_table_is_refused_with_its_reason()
    {
        string manifest = Board.Probes(("probe", 1, "hello"));
        string image = Build(manifest);
        ulong table = ImageBuilder.Formats.Gpt.Read(File.ReadAllBytes(image)).Single(partition => partition.Name == "table-a").Offset;
        using (FileStream file = File.OpenWrite(image))
        {
            file.Position = (long)table + 200;
            file.WriteByte(0x5a);
        }
        (int exit, string output) = Board.Bulkhead("run", manifest, "--image", image, "--timeout", "30", "--expect", "bulkhead=refused: no appliance table");
        Assert.True(exit == 0, output);
    }

    private static string Build(string manifest)
    {
        string image = Path.Combine(Path.GetDirectoryName(manifest)!, "image.img");
        (int exit, string output) = Board.Bulkhead("build", manifest, "-o", image);
        Assert.True(exit == 0, output);
        return image;
    }
}
