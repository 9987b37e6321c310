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
        BundleReport report;
        try
        {
            report = BundleReport.Read(bytes);
        }
        catch (BuildException error)
        {
            throw new BuildException($"{path}: {error.Message}");
        }
        if (report.Problems.Count != 0)
            throw new BuildException($"{path}: {report.Problems[0]}");
        // The digest of its own header stands where a part's does.
        return new BundleFile(bytes, BundlePartReport.HeaderDigest(bytes)!, [.. report.Parts.Select(part => (part.Unit, part.HeaderSha256 ?? ""))]);
    }
}
