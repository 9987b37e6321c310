namespace Bulkhead.Emulator.Tests;

/// <summary>What the tests of PCs share: everything compiled once, manifests, images.</summary>
public static class PcBoard
{
    /// <summary>The demo's image, for QEMU and Bochs.</summary>
    public static string Demo { get; } = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-pc").FullName, "demo.img");

    static PcBoard()
    {
        // The demo has a guest of each other kind: with both all is compiled, and the packages are here.
        Compile(Path.Combine(Board.Root, "partitions/demo/appliance.yaml"), Demo);
        Compile(Write([Probe("probe", 0, "hello"), "witness: {cpus: [1], memory: 6 MiB, slot: 256 KiB, kernel: {project: witness}}"]), Path.Combine(Path.GetDirectoryName(Demo)!, "probe.img"));
    }

    private static void Compile(string manifest, string image)
    {
        (int exit, string output) = Board.Compile("build", manifest, "--board", "qemu-q35", "-o", image);
        if (exit != 0)
            throw new InvalidOperationException(output);
    }

    /// <summary>A manifest's guest that plays a scenario of partitions/probe.</summary>
    public static string Probe(string guest, int cpu, string scenario, string devices = "") => Probe(guest, $"{cpu}", scenario, devices);

    /// <param name="cpus">Those of its vCPUs, with commas between.</param>
    public static string Probe(string guest, string cpus, string scenario, string devices = "") =>
        $"{guest}: {{cpus: [{cpus}], memory: 4 MiB, slot: 256 KiB, kernel: {{project: probe, cmdline: 'scenario={scenario} guest={guest}'}}, devices: [{devices}]}}";

    /// <summary>A manifest's guest that runs pulse.</summary>
    public static string Pulse(string guest, int cpu) => $"{guest}: {{cpus: [{cpu}], memory: 4 MiB, slot: 256 KiB, kernel: {{project: pulse}}}}";

    /// <summary>A manifest of guests that run pulse, each on a CPU of its own.</summary>
    public static string Pulses(params string[] guests) =>
        Manifest([.. guests.Select(Pulse)]);

    /// <summary>The Debian kernel of the demo, as its package has it.</summary>
    public static string Kernel => Directory.GetFiles(Path.Combine(Board.Root, ".cache/unpacked"), "vmlinuz-*-cloud-amd64", SearchOption.AllDirectories)
        .OrderBy(File.GetLastWriteTimeUtc).Last();

    public static string Manifest(params string[] guests)
    {
        // Whatever is asked for first: all is compiled and fetched with it.
        _ = Demo;
        return Write(guests);
    }

    private static string Write(string[] guests)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-test").FullName;
        string path = Path.Combine(folder, "appliance.yaml");
        using StreamWriter yaml = new(path);
        yaml.WriteLine("appliance: test\nboard: [qemu-q35, bochs, bochs-ryzen]\nguests:");
        foreach (string guest in guests)
            yaml.WriteLine("  " + guest);
        File.Copy(Path.Combine(Board.Root, "partitions/demo/bulkhead.lock"), Path.Combine(folder, "bulkhead.lock"));
        return path;
    }

    public static string Build(string manifest)
    {
        string image = Path.Combine(Path.GetDirectoryName(manifest)!, "image.img");
        (int exit, string output) = Board.Bulkhead("build", manifest, "-o", image);
        return exit == 0 ? image : throw new InvalidOperationException(output);
    }
}
