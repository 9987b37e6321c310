using System.Text.Json.Nodes;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.ImageBuilder.Tests.Commands;
using Bulkhead.ImageBuilder.Tests.Manifest;
using Bulkhead.ImageBuilder.Tests.Report;
using Bulkhead.ImageBuilder.Update;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Update;

/// <summary>Updates of an image's file, by the hypervisor's own code.</summary>
public sealed class ImageUpdateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-update").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_bundle_is_on_trial_in_the_image_and_nothing_else_has_changed()
    {
        byte[] before = SampleImage.Bytes;
        string image = Put("image.img", before), bundle = Put("plain.bhu", Bundle("2", 3));
        (int exit, string output, string errors) = CommandLine.Run("update", bundle, "--image", image);
        Assert.True(exit == 0, errors);
        Assert.Equal("", output);
        Assert.Contains("on trial: plain", errors);
        byte[] after = File.ReadAllBytes(image);
        Assert.Equal(before.Length, after.Length);
        foreach (var partition in SampleImage.Layout.Partitions)
        {
            Range range = (int)partition.Offset..(int)(partition.Offset + partition.Size);
            Assert.Equal(partition.Name is not ("plain-b" or "state-0"), before[range].AsSpan().SequenceEqual(after[range]));
        }
        UnitSlots plain = Slots(image).Single(unit => unit.Unit == "plain");
        Assert.Equal(("a", "b", 5, 0ul), (plain.Active, plain.Trial, plain.Tries, plain.Rollback));
        Assert.Equal(("trial", "2", 3ul), (plain.Slots[1].State, plain.Slots[1].Version, plain.Slots[1].Rollback));
        // What is there now is what was built for it.
        ImageReport report = ImageReport.Read(after);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public void Slots_of_a_new_image_are_as_delivered()
    {
        IReadOnlyList<UnitSlots> units = Slots(Put("image.img", SampleImage.Bytes));
        Assert.Equal(["hypervisor", "table", "plain", "zipped"], units.Select(unit => unit.Unit));
        Assert.All(units, unit => Assert.Equal(("a", null, "active", "empty"), (unit.Active, unit.Trial, unit.Slots[0].State, unit.Slots[1].State)));
        Assert.Equal(units[2].Slots[0].Sha256, Convert.ToHexStringLower(SampleImage.Bytes.AsSpan((int)SampleImage.Layout.Slots[0].A.Offset + 16, 32)));
    }

    [Fact]
    public void Slots_for_programs_fit_their_schema()
    {
        string image = Put("image.img", SampleImage.Bytes);
        Assert.Equal(0, CommandLine.Run("update", Put("plain.bhu", Bundle("2", 3)), "--image", image).Exit);
        (int exit, string output, _) = CommandLine.Run("slots", image, "--json");
        Assert.Equal(0, exit);
        Assert.Equal([], SchemaCheck.Read("slots").Errors(JsonNode.Parse(output)));
    }

    [Fact]
    public void What_is_refused_leaves_the_image_as_it_was()
    {
        byte[] bundle = Bundle("2", 3);
        string image = Put("image.img", SampleImage.Bytes);
        bundle[BundleHeader.StoredSize + 5000] ^= 1;
        (int exit, _, string errors) = CommandLine.Run("update", Put("flipped.bhu", bundle), "--image", image);
        Assert.Equal(1, Math.Min(exit, 1));
        Assert.Contains("SHA-256", errors);
        Assert.Equal(SampleImage.Bytes, File.ReadAllBytes(image));

        Appliance other = SampleImage.Appliance with { Name = "other" };
        (exit, _, errors) = CommandLine.Run("update", Put("other.bhu", Bundle("2", 3, other)), "--image", image);
        Assert.Equal(1, exit);
        Assert.Contains("refused: it is for another appliance", errors);
        Assert.Equal(SampleImage.Bytes, File.ReadAllBytes(image));
    }

    [Fact]
    public void A_second_update_waits_until_the_first_is_decided()
    {
        string image = Put("image.img", SampleImage.Bytes), bundle = Put("plain.bhu", Bundle("2", 3));
        Assert.Equal(0, CommandLine.Run("update", bundle, "--image", image).Exit);
        Assert.Contains("another update is on trial", CommandLine.Run("update", bundle, "--image", image).Errors);
        Assert.Contains("nothing is on trial", CommandLine.Run("update", "--confirm", "--image", image).Errors);
        Assert.Equal(0, CommandLine.Run("update", "--rollback", "--image", image).Exit);
        Assert.Equal(("bad", null), (Slots(image)[2].Slots[1].State, Slots(image)[2].Trial));
        Assert.Equal(0, CommandLine.Run("update", bundle, "--image", image).Exit);
    }

    [Theory]
    [InlineData]
    [InlineData("x.bhu", "--rollback")]
    [InlineData("x.bhu", "--image", "y", "--wait")]
    public void Usage_is_checked(params string[] words) => Assert.Equal(2, CommandLine.Run(["update", .. words]).Exit);

    [Fact]
    public void What_is_no_image_is_said_so()
    {
        string file = Put("x.img", new byte[10_000]);
        Assert.Equal(1, CommandLine.Run("slots", file).Exit);
        Assert.Equal(1, CommandLine.Run("slots", file + ".none").Exit);
    }

    internal static byte[] Bundle(string version, ulong rollback, Appliance? appliance = null)
    {
        appliance ??= SampleImage.Appliance;
        Guest guest = appliance.Guests[0] with { Identity = appliance.Guests[0].Identity with { Version = version, Rollback = rollback } };
        UnitContents contents = new(appliance, SampleImage.Layout, new BuildInputs("", "", name => name), null!, new Signer());
        return BundleBuilder.Build(appliance, [(BundlePartKind.Guest, guest, contents.Package(guest))], "test", new Signer());
    }

    private static IReadOnlyList<UnitSlots> Slots(string image)
    {
        using ImageChannel channel = new(image, false);
        return new UpdateClient(channel).Slots();
    }

    private string Put(string name, byte[] content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, content);
        return file;
    }
}
