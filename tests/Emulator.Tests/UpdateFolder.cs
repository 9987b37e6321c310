using System.Text.Json;
using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>An image of one version, bundles of others, and what a user does with them.</summary>
internal sealed class UpdateFolder : IDisposable
{
    private static readonly Dictionary<string, bool> s_compiled = [];

    private int _files;

    /// <param name="prepare">What the manifests name, in the folder that it gets.</param>
    public UpdateFolder(UpdateManifest first, Action<string>? prepare = null)
    {
        prepare?.Invoke(Path);
        Manifest = Write(first);
        // A board's hypervisor and guests are compiled once.
        (int exit, string output) = s_compiled.TryAdd(first.Board, true) ? Board.Compile("build", Manifest, "-o", Image) : Board.Bulkhead("build", Manifest, "-o", Image);
        Assert.True(exit == 0, output);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("bulkhead-update").FullName;
    public string Manifest { get; }
    public string Image => System.IO.Path.Combine(Path, "board.img");

    public void Dispose() => Directory.Delete(Path, true);

    /// <summary>A bundle of some units of a version.</summary>
    public string Pack(UpdateManifest version, params string[] units)
    {
        string bundle = System.IO.Path.Combine(Path, $"{++_files}.bhu");
        Say(["package", .. units, "--appliance", Write(version), "-o", bundle]);
        return bundle;
    }

    /// <summary>Into the image: on trial from its next start.</summary>
    public void Update(string bundle) => Say("update", bundle, "--image", Image);

    /// <summary>A start of the board that ends when all was seen, each GUEST=REGEX.</summary>
    public string Run(params string[] expected) => RunWithin(120, expected);

    /// <summary>More arguments of QEMU's.</summary>
    public string[] Qemu { get; init; } = [];

    public string RunWithin(int seconds, params string[] expected) =>
        Say(["run", Manifest, "--image", Image, "--keep", "--timeout", $"{seconds}", .. expected.SelectMany(text => new[] { "--expect", text }), .. Qemu.Length == 0 ? [] : Qemu.Prepend("--")]);

    /// <summary>A start of the board that is cut off.</summary>
    public string RunFor(double seconds) => Board.Bulkhead("run", Manifest, "--image", Image, "--keep", "--timeout", $"{seconds}", "--expect", "app=never").Output;

    public RunningBoard Start() => new("run", Manifest, "--image", Image, "--keep", "--timeout", "600");

    /// <summary>What the image says of a unit: `active a, trial b (2 tries), a active, b trial`.</summary>
    public string Slots(string unit)
    {
        JsonElement found = JsonDocument.Parse(Say("slots", Image, "--json")).RootElement.EnumerateArray().Single(one => one.GetProperty("unit").GetString() == unit);
        string trial = found.GetProperty("trial").GetString() is { } slot ? $", trial {slot} ({found.GetProperty("tries").GetInt32()} tries)" : "";
        return $"active {found.GetProperty("active").GetString()}{trial}, "
            + string.Join(", ", found.GetProperty("slots").EnumerateArray().Select(one => $"{one.GetProperty("slot").GetString()} {one.GetProperty("state").GetString()}"));
    }

    /// <summary>Writes over a part of the image, past the first page, which is most headers'.</summary>
    public void Damage(string partition, int at = 5000, params byte[] bytes)
    {
        GptPartition found = Gpt.Read(File.ReadAllBytes(Image)).Single(one => one.Name == partition);
        using FileStream file = File.OpenWrite(Image);
        file.Position = (long)found.Offset + at;
        file.Write(bytes.Length != 0 ? bytes : [0x55, 0xaa, 0x55, 0xaa]);
    }

    public static string Say(params string[] words)
    {
        (int exit, string output) = Board.Bulkhead(words);
        Assert.True(exit == 0, output);
        return output;
    }

    private string Write(UpdateManifest manifest)
    {
        string path = System.IO.Path.Combine(Path, $"{++_files}.yaml");
        File.WriteAllText(path, manifest.Text);
        return path;
    }
}
