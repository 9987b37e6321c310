using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.ImageBuilder.Tests.Report;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Signing;

/// <summary>What the builder signs, read as the board reads it.</summary>
public sealed class SignedPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-keys").FullName;
    private readonly Appliance _appliance;
    private readonly byte[] _package;
    private readonly ApplianceTable _table;
    private RsaNumber _root;

    public SignedPackageTests()
    {
        SigningKey root = SigningKey.Load(SigningKey.Create(Path.Combine(_folder, "keys", "root"), false));
        SigningKey key = SigningKey.Load(SigningKey.Create(Path.Combine(_folder, "guest"), true));
        Appliance sample = SampleImage.Appliance;
        Guest[] guests = [sample.Guests[0] with { Key = key, Identity = new PackageIdentity("1.2", 5, 2, 3) }, sample.Guests[1] with { Key = root }];
        _appliance = sample with { Root = root, Guests = guests };
        _table = TableBuilder.Make(_appliance, SampleImage.Layout);
        _package = PackageBuilder.Build(guests[0], _appliance.Board.Name, Kernel(), null);
        root.Modulus.CopyTo((Span<byte>)_root);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void The_board_takes_it() => Assert.Equal(PackageError.None, Read(_package, 5));

    [Fact]
    public void A_lower_index_than_the_confirmed_one_is_refused() => Assert.Equal(PackageError.Downgrade, Read(_package, 6));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 9)]
    public void Other_channels_are_refused(uint first, uint last)
    {
        ApplianceTable table = _table;
        (table.Guest[0].ChannelAbiFirst, table.Guest[0].ChannelAbiLast) = (first, last);
        Assert.Equal(PackageError.OtherChannels, Read(_package, 0, table.Guest[0]));
    }

    [Fact]
    public void Every_flipped_bit_of_header_and_signature_is_refused()
    {
        byte[] package = _package[..PackageHeader.StoredSize];
        foreach (int bit in Enumerable.Range(0, 8 * Unsafe.SizeOf<PackageHeader>())
            .Concat(Enumerable.Range(0, RsaNumber.Size).Select(i => 8 * (PackageHeader.SignatureOffset + i) + i % 8)))
        {
            package[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(PackageError.None, Read(package, 0));
            package[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void Another_key_is_refused() => Assert.Equal(PackageError.BadSignature, Read(_package, 0, _table.Guest[1] with { Name = _table.Guest[0].Name }));

    [Fact]
    public void A_bundle_for_one_guest_is_its_suppliers()
    {
        byte[] bundle = Bundle(0);
        Assert.Null(Refusal(bundle, in _table));
        BundlePartReport part = Assert.Single(BundleReport.Read(bundle).Parts);
        Assert.Equal(("plain", "1.2", 5ul), (part.Unit, part.Version, part.Rollback));
        // By which a board's slots are told apart.
        PackageHeader header = System.Runtime.InteropServices.MemoryMarshal.Read<PackageHeader>(_package);
        Assert.Equal(Convert.ToHexStringLower(header.HeaderDigest), part.HeaderSha256);
    }

    [Fact]
    public void A_set_is_the_root_keys()
    {
        byte[] bundle = Bundle(0, 1);
        Assert.Null(Refusal(bundle, in _table));
        RsaNumber other = _table.Guest[0].Key;
        Assert.NotNull(BundleReport.Refusal(bundle, in _table, in other, default));
    }

    [Fact]
    public void What_was_done_to_a_bundle_is_said()
    {
        byte[] bundle = Bundle(0, 1);
        Assert.Contains("shorter", Refusal(bundle[..^1], in _table));
        Assert.Contains("shorter", Refusal(bundle[..100], in _table));
        // Each part of one bundle in the place of another's: signed both, but not together.
        byte[] mixed = [.. Bundle(0, 1)];
        Bundle(0).AsSpan(BundleHeader.StoredSize, 4096).CopyTo(mixed.AsSpan(BundleHeader.StoredSize + 4096));
        Assert.Contains("SHA-256", Refusal(mixed, in _table));
        ApplianceTable other = _table;
        other.Board.Name = Names.Fixed("other");
        Assert.Contains("another board", Refusal(bundle, in other));
        other = _table;
        other.ApplianceName = Names.Fixed("other");
        Assert.Contains("another appliance", Refusal(bundle, in other));
        other = _table;
        other.GuestCount = 1;
        Assert.Contains("does not have", Refusal(bundle, in other));
    }

    /// <summary>Their own digests and signatures, which a board looks at when it starts from them.</summary>
    [Fact]
    public void Hypervisor_and_table_are_verified_in_a_bundle_too()
    {
        string binary = Path.Combine(_folder, "hypervisor.bin");
        File.WriteAllBytes(binary, new byte[3000]);
        UnitContents contents = new(_appliance, SampleImage.Layout, new BuildInputs("", binary, name => name), null!, new Signer());
        byte[] hypervisor = contents.Hypervisor(), table = contents.Table();
        Assert.Null(Refusal(Pack(BundlePartKind.Hypervisor, hypervisor), in _table));
        Assert.Null(Refusal(Pack(BundlePartKind.Table, table), in _table));
        // Somebody else's, in bundles that are signed by the root key all the same.
        Assert.Contains("hypervisor: it has another digest", Refusal(Pack(BundlePartKind.Hypervisor, Flipped(hypervisor, ^1)), in _table));
        Assert.Contains("hypervisor: it ", Refusal(Pack(BundlePartKind.Hypervisor, Flipped(hypervisor, HypervisorHeader.SignatureOffset + RsaNumber.Size)), in _table));
        Assert.Contains("table: ", Refusal(Pack(BundlePartKind.Table, Flipped(table, 1000)), in _table));
        Assert.Contains("table: ", Refusal(Pack(BundlePartKind.Table, Flipped(table, ^1)), in _table));
        Appliance next = _appliance with { Guests = [.. _appliance.Guests.Reverse()] };
        byte[] exchanged = new UnitContents(next, SampleImage.Layout, new BuildInputs("", binary, name => name), null!, new Signer()).Table();
        Assert.Contains("table: it has other guests", Refusal(Pack(BundlePartKind.Table, exchanged), in _table));
        Assert.Contains("table: it is too short", Refusal(Pack(BundlePartKind.Table, table[..1000]), in _table));

        byte[] Pack(BundlePartKind kind, byte[] content) => BundleBuilder.Build(_appliance, [(kind, null, content)], "bundle", new Signer());

        static byte[] Flipped(byte[] content, Index at)
        {
            byte[] result = [.. content];
            result[at] ^= 1;
            return result;
        }
    }

    /// <summary>Boards change to a new root by a bundle that the old one has signed, and take no other.</summary>
    [Fact]
    public void The_root_whose_table_runs_signs_for_the_next_one()
    {
        SigningKey old = _appliance.Root!;
        Appliance rotated = _appliance with { Root = SigningKey.Load(Path.Combine(_folder, "guest.pem")) };
        (BundlePartKind, Guest?, byte[])[] parts = [(BundlePartKind.Table, null, new byte[5000])];
        BundleHeader header = default;
        Assert.Equal(BundleError.None, BundleReader.Read(BundleBuilder.Build(rotated, parts, "table", new Signer(), old), in _table, in _root, ref header, out _));
        Assert.Equal(BundleError.BadSignature, BundleReader.Read(BundleBuilder.Build(rotated, parts, "table", new Signer()), in _table, in _root, ref header, out _));
    }

    [Fact]
    public void Every_flipped_bit_of_a_bundles_header_is_refused()
    {
        byte[] bundle = Bundle(0);
        BundleHeader header = default;
        for (int bit = 0; bit < 8 * BundleHeader.StoredSize; bit += bit < 8 * BundleHeader.SignatureOffset ? 1 : 7)
        {
            bundle[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(BundleError.None, BundleReader.Read(bundle, in _table, in _root, ref header, out _));
            bundle[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal(BundleError.None, BundleReader.Read(bundle, in _table, in _root, ref header, out uint units));
        Assert.Equal(1u << UpdateUnit.FirstGuest, units);
    }

    /// <summary>First the package, then the bundle around it, since what is signed of a bundle are its signed parts.</summary>
    [Fact]
    public void Somebody_else_can_sign()
    {
        Guest guest = _appliance.Guests[0] with { Key = SigningKey.Load(Path.Combine(_folder, "guest.pub.pem")) };
        string folder = Path.Combine(_folder, "signatures");
        List<string> signatures = [];
        foreach (string name in new[] { guest.Name, "bundle" })
        {
            Assert.Contains(name + ".tbs", Assert.Throws<BuildException>(() => Make(new ExternalSigning(folder, signatures))).Message);
            signatures.Add(Path.Combine(folder, name + ".sig"));
            File.WriteAllBytes(signatures[^1], SigningKey.Load(Path.Combine(_folder, "guest.pem")).Sign(File.ReadAllBytes(Path.Combine(folder, name + ".tbs"))));
        }
        Assert.Equal(Bundle(0), Make(new ExternalSigning(null, signatures)));

        byte[] Make(ExternalSigning signing)
        {
            Signer signer = new(signing);
            byte[] package = PackageBuilder.Build(guest, _appliance.Board.Name, Kernel(), null, signer);
            signer.Complete();
            byte[] bundle = BundleBuilder.Build(_appliance, [(BundlePartKind.Guest, guest, package)], "bundle", signer);
            signer.End();
            return bundle;
        }
    }

    [Fact]
    public void A_table_for_production_needs_every_guests_key()
    {
        Appliance unsigned = _appliance with { IsProduction = true, Guests = [_appliance.Guests[0] with { Key = null }, _appliance.Guests[1]] };
        Assert.Contains("production", Assert.Throws<BuildException>(() => TableBuilder.Build(unsigned, SampleImage.Layout)).Message);
        TableBuilder.Build(_appliance with { IsProduction = true }, SampleImage.Layout);
    }

    private string? Refusal(byte[] bundle, in ApplianceTable table) => BundleReport.Refusal(bundle, in table, in _root, ImageBuild.Roots(_appliance));

    private byte[] Bundle(params int[] guests) => BundleBuilder.Build(
        _appliance,
        [.. guests.Select(i => (BundlePartKind.Guest, (Guest?)_appliance.Guests[i], i == 0 ? _package : PackageBuilder.Build(_appliance.Guests[i], _appliance.Board.Name, Kernel(), null)))],
        "bundle",
        new Signer());

    private static byte[] Kernel() => File.ReadAllBytes(Path.Combine(Manifest.TestFiles.Folder, "files", "Image"));

    private PackageError Read(byte[] package, ulong rollback) => Read(package, rollback, _table.Guest[0]);

    private PackageError Read(byte[] package, ulong rollback, in GuestEntry guest)
    {
        ImageBytes image = new(package);
        PackageHeader header = default;
        ImageRange slot = new() { Offset = 0, Size = guest.SlotA.Size };
        return PackageReader.Read(in image, slot, in guest, in _table.Board, rollback, ref header);
    }
}
