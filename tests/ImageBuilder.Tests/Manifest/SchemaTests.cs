using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>The schemas that editors use and the loader have to agree.</summary>
public class SchemaTests
{
    [Fact]
    public void ApplianceSchemaHasTheLoadersKeys() => AssertKeys(SchemaCheck.Read("appliance"), ApplianceKeys.All);

    [Fact]
    public void BoardSchemaHasTheLoadersKeys() => AssertKeys(SchemaCheck.Read("board"), BoardKeys.All);

    [Fact]
    public void GoodAppliancesFitTheSchema()
    {
        SchemaCheck schema = SchemaCheck.Read("appliance");
        string[] files = [.. Directory.GetFiles(Path.Combine(TestFiles.Folder, "Good"), "*.yaml"), Path.Combine(TestFiles.Repository, "partitions", "demo", "appliance.yaml")];
        Assert.All(files, f => Assert.Equal([], schema.Errors(Json(f))));
    }

    [Fact]
    public void BoardsFitTheSchema()
    {
        SchemaCheck schema = SchemaCheck.Read("board");
        string[] files = [.. new[] { TestFiles.Boards, Path.Combine(TestFiles.Repository, "boards") }
            .SelectMany(d => Directory.GetFiles(d, "board.yaml", SearchOption.AllDirectories))];
        Assert.Contains(files, f => f.Contains("qemu-virt-arm64"));
        Assert.All(files, f => Assert.Equal([], schema.Errors(Json(f))));
    }

    [Theory]
    [InlineData("misspelt-key")]
    [InlineData("missing-keys")]
    [InlineData("wrong-shape")]
    [InlineData("empty-value")]
    [InlineData("not-a-size")]
    [InlineData("not-a-choice")]
    [InlineData("bad-names")]
    [InlineData("bad-texts")]
    [InlineData("out-of-range")]
    [InlineData("wrong-counts")]
    [InlineData("no-guests")]
    [InlineData("no-payload")]
    [InlineData("two-payloads")]
    [InlineData("bad-guest-paths")]
    public void SchemaSeesWhatASchemaCanSee(string name) =>
        Assert.NotEmpty(SchemaCheck.Read("appliance").Errors(Json(Path.Combine(TestFiles.Folder, "Bad", name + ".yaml"))));

    [Fact]
    public void YamlFilesNameTheirSchema()
    {
        string[] files =
        [
            Path.Combine(TestFiles.Repository, "partitions", "demo", "appliance.yaml"),
            .. Directory.GetFiles(Path.Combine(TestFiles.Repository, "boards"), "board.yaml", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(TestFiles.Folder, "Good"), "*.yaml"),
        ];
        Assert.All(files, f =>
        {
            Match line = Regex.Match(File.ReadLines(f).First(), @"^# yaml-language-server: \$schema=(.+)$");
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(f)!, line.Groups[1].Value)), f);
        });
    }

    private static void AssertKeys(SchemaCheck schema, IReadOnlyList<KeySet> sets)
    {
        foreach (KeySet set in sets)
        {
            JsonObject definition = schema.Definitions[set.Name]!.AsObject();
            Assert.Equal(set.All.Order(), definition["properties"]!.AsObject().Select(p => p.Key).Order());
            Assert.Equal(set.Required.Order(), (definition["required"]?.AsArray().Select(k => (string)k!) ?? []).Order());
            Assert.False((bool)definition["additionalProperties"]!);
        }
        IEnumerable<string> objects = schema.Definitions.Where(d => (d.Value!["type"] as JsonValue)?.ToString() == "object").Select(d => d.Key);
        Assert.Equal(sets.Select(s => s.Name).Order(), objects.Order());
    }

    private static JsonNode? Json(string path)
    {
        DiagnosticBag bag = new();
        ManifestNode? root = YamlComposer.Compose(new SourceFile(path, File.ReadAllText(path)), bag);
        return Json(root!);
    }

    /// <summary>What an editor makes of the YAML: plain scalars typed by the core schema (YAML 1.2.2, 10.3.2).</summary>
    private static JsonNode? Json(ManifestNode node) => node switch
    {
        ManifestMap map => new JsonObject(map.Entries.Select(e => new KeyValuePair<string, JsonNode?>(e.Key.Text, Json(e.Value)))),
        ManifestList list => new JsonArray([.. list.Items.Select(Json)]),
        ManifestScalar { IsEmpty: true } => null,
        ManifestScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        ManifestScalar { IsPlain: true } scalar when Regex.IsMatch(scalar.Text, "^[0-9]{1,18}$") =>
            JsonValue.Create(long.Parse(scalar.Text, CultureInfo.InvariantCulture)),
        ManifestScalar { IsPlain: true } scalar when Regex.IsMatch(scalar.Text, "^0x[0-9a-fA-F]{1,15}$") =>
            JsonValue.Create(long.Parse(scalar.Text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
        ManifestScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException("a refused node"),
    };
}
