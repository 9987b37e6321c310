using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One unit of a bundle: what it is, its version and rollback index as its own header says them.</summary>
/// <param name="Sha256">Of all of it.</param>
/// <param name="HeaderSha256">Of its header, by which `slots` tells slots apart; null where the bundle ends before it.</param>
public sealed record BundlePartReport(string Unit, string Version, ulong Rollback, ulong Offset, ulong Size, string Sha256, string? HeaderSha256)
{
    internal static BundlePartReport Read(byte[] bundle, in BundlePart part, List<string> problems)
    {
        string unit = part.Kind == BundlePartKind.Guest ? Names.Text(in part.GuestName) : part.Kind == BundlePartKind.Hypervisor ? "hypervisor" : "table";
        if (part.Offset > (ulong)bundle.Length || part.Size > (ulong)bundle.Length - part.Offset)
        {
            problems.Add($"{unit}: the bundle ends before it does");
            return new BundlePartReport(unit, "", 0, part.Offset, part.Size, Convert.ToHexStringLower(part.Digest), null);
        }
        ReadOnlySpan<byte> content = bundle.AsSpan((int)part.Offset, (int)part.Size);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual((ReadOnlySpan<byte>)part.Digest))
            problems.Add($"{unit}: it does not match its SHA-256");
        (string version, ulong rollback) = Identity(part.Kind, content);
        return new BundlePartReport(unit, version, rollback, part.Offset, part.Size, Convert.ToHexStringLower(part.Digest), HeaderDigest(content));
    }

    /// <summary>In a package, a hypervisor and a table it stands where it does in the bundle itself; null where there is no header.</summary>
    internal static string? HeaderDigest(ReadOnlySpan<byte> content) =>
        content.Length < PartCheck.PageSize ? null : Convert.ToHexStringLower(content.Slice(16, SHA256.HashSizeInBytes));

    private static (string, ulong) Identity(BundlePartKind kind, ReadOnlySpan<byte> content)
    {
        if (kind == BundlePartKind.Guest && MemoryMarshal.TryRead(content, out PackageHeader package))
            return (Names.Text(in package.GuestVersion), package.Rollback);
        if (kind == BundlePartKind.Hypervisor && MemoryMarshal.TryRead(content, out HypervisorHeader hypervisor))
            return (Names.Text(in hypervisor.HypervisorVersion), hypervisor.Rollback);
        if (kind == BundlePartKind.Table && MemoryMarshal.TryRead(content, out ApplianceTable table))
            return (Names.Text(in table.ApplianceVersion), table.Rollback);
        return ("", 0);
    }
}
