using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Images whose keys the board knows.</summary>
[Collection("emulator")]
public sealed class SignedTests : IDisposable
{
    private readonly string _manifest = Board.Probes(("forged", 1, "hello"), ("good", 1, "hello"));
    private readonly string _image;

    public SignedTests()
    {
        _image = Build(_manifest, "root");
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_manifest)!, true);

    [Fact]
    public void A_package_that_its_key_did_not_sign_is_not_started_and_the_others_are()
    {
        Write(_image, "forged-a", 4096 - 384, [0x55]);
        (int exit, string output) = Board.Bulkhead(
            "run", _manifest, "--image", _image, "--timeout", "240", "--expect", "bulkhead=forged: it is not signed by the guest's key", "--expect", "good=probe: hello done");
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("keys: none", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hypervisor_of_another_root_key_is_not_started()
    {
        Exchange(_image, Build(Board.Probes(("forged", 1, "hello"), ("good", 1, "hello")), "other"), "hypervisor-a", 4096);
        (int exit, string output) = Board.Bulkhead("run", _manifest, "--image", _image, "--timeout", "60", "--expect", "good=probe: hello done");
        Assert.Equal(6, exit);
        Assert.Contains("hypervisor slot a is not signed by a root key that this board knows", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PC_starts_its_own_hypervisor_and_table_and_none_of_another_root_key()
    {
        string manifest = PcBoard.Pulses("one"), image = Build(manifest, "root"), other = Build(PcBoard.Pulses("one"), "other");
        Exchange(image, other, "table-a", 128 * 1024);
        (int exit, string output) = Board.Bulkhead("run", manifest, "--image", image, "--timeout", "120", "--expect", "bulkhead=appliance table: it is not signed");
        Assert.True(exit == 0, output);
        Exchange(image, other, "hypervisor-a", 4096);
        (exit, output) = Board.Bulkhead("run", manifest, "--image", image, "--timeout", "40", "--expect", "one=periods");
        Assert.Equal(6, exit);
        Assert.Contains("no usable hypervisor in either slot", output, StringComparison.Ordinal);
        Assert.Contains("hypervisor slot a is not signed by a root key that this board knows", output, StringComparison.Ordinal);
    }

    private static void Exchange(string image, string other, string partition, int bytes)
    {
        byte[] from = File.ReadAllBytes(other);
        Write(image, partition, 0, from.AsSpan((int)Gpt.Read(from).Single(one => one.Name == partition).Offset, bytes));
    }

    private static void Write(string image, string partition, int offset, ReadOnlySpan<byte> bytes)
    {
        ulong start = Gpt.Read(File.ReadAllBytes(image)).Single(one => one.Name == partition).Offset;
        using FileStream file = File.OpenWrite(image);
        file.Position = (long)start + offset;
        file.Write(bytes);
    }

    private static string Build(string manifest, string root)
    {
        string folder = Path.GetDirectoryName(manifest)!;
        (int exit, string output) = Board.Bulkhead("keys", "new", Path.Combine(folder, root));
        Assert.True(exit == 0, output);
        File.AppendAllText(manifest, $"keys: {{root: {root}.pem}}\nproduction: true\n");
        string image = Path.Combine(folder, root + ".img");
        (exit, output) = Board.Bulkhead("build", manifest, "-o", image);
        Assert.True(exit == 0, output);
        return image;
    }
}
