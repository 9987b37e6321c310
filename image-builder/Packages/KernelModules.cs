namespace Bulkhead.ImageBuilder.Packages;

/// <summary>Modules of a kernel package by name, with what they depend on, in the order to insert them.</summary>
public static class KernelModules
{
    public static IReadOnlyList<string> InOrder(string kernelTree, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0)
            return [];
        string root = Path.Combine(kernelTree, "lib/modules");
        Dictionary<string, string> files = Directory.GetFiles(root, "*.ko", SearchOption.AllDirectories)
            .ToDictionary(file => Name(Path.GetFileNameWithoutExtension(file)), StringComparer.Ordinal);
        List<string> order = [];
        HashSet<string> seen = [];
        foreach (string name in wanted)
            Add(Name(name), name);
        return order;

        void Add(string name, string asked)
        {
            if (!seen.Add(name))
                return;
            if (!files.TryGetValue(name, out string? file))
                throw new BuildException($"the kernel package has no module '{asked}' (built in, perhaps?)");
            foreach (string dependency in Dependencies(file))
                Add(Name(dependency), dependency);
            order.Add(file);
        }
    }

    private static string Name(string name) => name.Replace('-', '_');

    // .modinfo holds "depends=a,b\0"; a package has no modules.dep before depmod has run on a machine.
    private static string[] Dependencies(string file)
    {
        ReadOnlySpan<byte> content = File.ReadAllBytes(file);
        int at = content.IndexOf("\0depends="u8);
        if (at < 0)
            return [];
        ReadOnlySpan<byte> value = content[(at + 9)..];
        return System.Text.Encoding.ASCII.GetString(value[..value.IndexOf((byte)0)]).Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
