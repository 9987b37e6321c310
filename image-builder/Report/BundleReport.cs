using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Update;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What an update bundle says of itself, checked against its own digests; and against an appliance's keys where there is one.</summary>
public sealed record BundleReport(string Appliance, string Board, IReadOnlyList<BundlePartReport> Parts, IReadOnlyList<string> Problems)
{
    public static bool IsBundle(ReadOnlySpan<byte> file) =>
        file.Length >= sizeof(ulong) && MemoryMarshal.Read<ulong>(file) == BundleHeader.ExpectedMagic;

    /// <exception cref="BuildException">It is no bundle.</exception>
    public static BundleReport Read(byte[] bundle)
    {
        if (bundle.Length < BundleHeader.StoredSize || !IsBundle(bundle))
            throw new BuildException("this is no update bundle");
        BundleHeader header = MemoryMarshal.Read<BundleHeader>(bundle);
        List<string> problems = [];
        HeaderFault fault = SignedHeader.Check(MemoryMarshal.AsBytes(new ReadOnlySpan<BundleHeader>(in header)), BundleHeader.ExpectedMagic, BundleHeader.CurrentVersion);
        if (fault is HeaderFault.BadVersion or HeaderFault.BadSize)
            throw new BuildException(Text(BundleErrorText.Of(BundleError.BadVersion)));
        if (fault != HeaderFault.None)
            problems.Add(Text(BundleErrorText.Of(BundleError.BadDigest)));
        List<BundlePartReport> parts = [];
        for (int i = 0; i < Math.Min(header.PartCount, UpdateUnit.Count); i++)
            parts.Add(BundlePartReport.Read(bundle, in header.Part[i], problems));
        return new BundleReport(Names.Text(in header.ApplianceName), Names.Text(in header.BoardName), parts, problems);
    }

    /// <summary>Everything that a board of this appliance would check before it activates the bundle, but what its state record says.</summary>
    public static string? Refusal(byte[] bundle, in ApplianceTable table, in RsaNumber root, in RootDigests roots)
    {
        BundleHeader header = default;
        BundleError error = BundleReader.Read(bundle, in table, in root, ref header, out _);
        if (error != BundleError.None)
            return Text(BundleErrorText.Of(error));
        for (int i = 0; i < (int)header.PartCount; i++)
        {
            ref readonly BundlePart part = ref header.Part[i];
            if (part.Offset + part.Size > (ulong)bundle.Length)
                return "it is shorter than its parts";
            ReadOnlySpan<byte> content = bundle.AsSpan((int)part.Offset, (int)part.Size);
            int unit = BundleReader.UnitOf(in part, in table);
            string name = Text(UpdateUnitNames.Of(unit, in table));
            if (!SHA256.HashData(content).AsSpan().SequenceEqual((ReadOnlySpan<byte>)part.Digest))
                return $"{name}: it does not match its SHA-256";
            string? refusal = unit switch
            {
                _ when content.Length < PartCheck.PageSize => "it is too short",
                UpdateUnit.Hypervisor => HypervisorRefusal(content, in roots),
                UpdateUnit.Table => TableRefusal(content.ToArray(), in table, in roots),
                _ => PackageRefusal(content.ToArray(), in table.Guest[unit - UpdateUnit.FirstGuest], in table.Board),
            };
            if (refusal is not null)
                return $"{name}: {refusal}";
        }
        return null;
    }

    public string ToText()
    {
        StringBuilder text = new();
        text.Append($"update bundle for {Appliance} on {Board}\n");
        foreach (BundlePartReport part in Parts)
            text.Append($"  {part.Unit,-15} version {(part.Version.Length == 0 ? "-" : part.Version),-15} rollback {part.Rollback,-4} {part.Size,10} bytes  header's sha256 {part.HeaderSha256 ?? "-"}\n");
        foreach (string problem in Problems)
            text.Append($"problem: {problem}\n");
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static string? HypervisorRefusal(ReadOnlySpan<byte> content, in RootDigests roots)
    {
        HypervisorFault fault = HypervisorReader.Check(content[..HypervisorHeader.StoredSize], (ulong)content.Length, int.MaxValue, 0, in roots, out HypervisorHeader header);
        if (fault == HypervisorFault.None && !SHA256.HashData(content.Slice(HypervisorHeader.StoredSize, (int)header.BinarySize)).AsSpan().SequenceEqual((ReadOnlySpan<byte>)header.Digest))
            fault = HypervisorFault.OtherBinary;
        return fault == HypervisorFault.None ? null : "it " + Text(HypervisorFaultText.Of(fault));
    }

    private static string? TableRefusal(byte[] content, in ApplianceTable running, in RootDigests roots)
    {
        ApplianceTable table = default;
        TableError error = ApplianceTableReader.Read<Arm64TableRules>(content, ref table, out _);
        if (table.Board.Architecture == CpuArchitecture.X86_64)
            error = ApplianceTableReader.Read<X86TableRules>(content, ref table, out _);
        if (error == TableError.None && roots.AreKnown && !MemoryMarshal.Read<RootSignature>(content.AsSpan(ApplianceTable.SignatureOffset)).IsFor(in table.Digest, in roots))
            error = TableError.BadSignature;
        if (error != TableError.None)
            return Text(TableErrorText.Of(error));
        PartBytes bytes = new(content);
        ImageRange slot = new() { Offset = 0, Size = (ulong)content.Length };
        return NextTable.Check(ref bytes, in slot, in running) == ServiceError.None ? null : RefusalText.Of("error other-guests");
    }

    private static string? PackageRefusal(byte[] package, in GuestEntry guest, in BoardFacts board)
    {
        ImageBytes bytes = new(package);
        PackageHeader header = default;
        // The slot that it goes to is longer than it is.
        ImageRange slot = new() { Offset = 0, Size = (ulong)package.Length };
        PackageError error = PackageReader.Read(in bytes, slot, in guest, in board, 0, ref header);
        if (error != PackageError.None)
            return Text(PackageErrorText.Of(error));
        ReadOnlySpan<byte> stored = package.AsSpan(PackageHeader.StoredSize, (int)header.StoredBytes);
        return SHA256.HashData(stored).AsSpan().SequenceEqual((ReadOnlySpan<byte>)header.StoredDigest) ? null : "what is stored does not match its SHA-256";
    }

    private static string Text(ReadOnlySpan<byte> ascii) => Encoding.ASCII.GetString(ascii);
}
