using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Report;

namespace Bulkhead.ImageBuilder.Update;

/// <summary>A bundle as its sender sees it.</summary>
/// <param name="Name">Its header's digest, which it is known by.</param>
/// <param name="Parts">Each unit, and the digest that its slot's header will have.</param>
public sealed record BundleFile(byte[] Bytes, string Name, IReadOnlyList<(string Unit, string Digest)> Parts)
{
    /// <exception cref="BuildException">It is no whole bundle: there is no use in sending it.</exception>
    public static BundleFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        BundleReport report = BundleReport.Read(bytes);
        if (report.Problems.Count != 0)
            throw new BuildException($"{path}: {report.Problems[0]}");
        // In a package, a hypervisor and a table the digest of the header stands where it does in the bundle itself.
        return new BundleFile(bytes, Hex(bytes, 0), [.. report.Parts.Select(part => (part.Unit, Hex(bytes, (int)part.Offset)))]);
    }

    private static string Hex(byte[] bytes, int header) => Convert.ToHexStringLower(bytes.AsSpan(header + 16, SHA256.HashSizeInBytes));
}
