using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Signing;

/// <summary>Where only the public key is here, a module that holds the private one sees only what is to be signed.</summary>
public sealed class ExternalSigningTests : IDisposable
{
    private static readonly byte[] s_box = [1, 2, 3], s_table = [4, 5];

    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-signing").FullName;
    private readonly string _tbs;
    private readonly SigningKey _private, _public;

    public ExternalSigningTests()
    {
        _tbs = Path.Combine(_folder, "tbs");
        _private = SigningKey.Load(SigningKey.Create(Path.Combine(_folder, "root"), false));
        _public = SigningKey.Load(Path.Combine(_folder, "root.pub.pem"));
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void What_waits_is_left_and_its_signature_taken()
    {
        string complaint = Refused(new ExternalSigning(_tbs, []));
        Assert.Contains($"{_tbs}/box.tbs, {_tbs}/table.tbs", complaint);
        Assert.Equal(s_box, File.ReadAllBytes(Path.Combine(_tbs, "box.tbs")));
        string first = Saved("any.sig", _private.Sign(File.ReadAllBytes(Path.Combine(_tbs, "box.tbs"))));
        string second = Saved("other.sig", _private.Sign(File.ReadAllBytes(Path.Combine(_tbs, "table.tbs"))));
        // Which is whose, they say themselves.
        Signer signer = new(new ExternalSigning(null, [second, first]));
        Assert.Equal(_private.Sign(s_box), signer.Sign("box", _public, s_box));
        Assert.Equal(_private.Sign(s_table), signer.Sign("table", _public, s_table));
        signer.End();
    }

    [Fact]
    public void A_folder_may_hold_others()
    {
        Directory.CreateDirectory(_tbs);
        foreach ((string name, byte[] message) in new[] { ("box", s_box), ("table", s_table), ("app", new byte[] { 6 }) })
            File.WriteAllBytes(Path.Combine(_tbs, name + ".sig"), _private.Sign(message));
        Signer signer = new(new ExternalSigning(_tbs, [_tbs]));
        Assert.Equal(_private.Sign(s_box), signer.Sign("box", _public, s_box));
        Assert.Equal(_private.Sign(s_table), signer.Sign("table", _public, s_table));
        signer.End();
        // An old one is told of by its name, what has nothing to do with it is not.
        File.WriteAllBytes(Path.Combine(_tbs, "box.sig"), _private.Sign([0]));
        string complaint = Refused(new ExternalSigning(_tbs, [_tbs]));
        Assert.Contains($"{_tbs}/box.sig is no signature of box", complaint);
        Assert.DoesNotContain("app.sig", complaint);
        Assert.DoesNotContain("table.tbs", complaint);
    }

    [Fact]
    public void One_that_is_wrong_is_told_of()
    {
        Assert.Contains("--emit-tbs FOLDER", Refused(ExternalSigning.None));
        string stale = Saved("stale.sig", _private.Sign([9])), shortened = Saved("short.sig", _private.Sign(s_box)[1..]);
        string complaint = Refused(new ExternalSigning(null, [stale, shortened]));
        Assert.Contains($"{stale} is no signature of box (by {_public.File})", complaint);
        Assert.Contains($"{shortened} has 383 bytes: a signature by RSA-3072 has 384", complaint);
        string[] good = [Saved("a.sig", _private.Sign(s_box)), Saved("b.sig", _private.Sign(s_table))];
        Assert.Contains($"{stale} is no signature of box", Refused(new ExternalSigning(null, [.. good, stale])));
    }

    [Fact]
    public void One_for_nothing_is_told_of()
    {
        string file = Saved("box.sig", _private.Sign(s_box));
        Signer signer = new(new ExternalSigning(null, [file]));
        signer.Sign("box", _private, s_box);
        signer.Complete();
        Assert.Contains($"{file} is not wanted", Assert.Throws<BuildException>(signer.End).Message);
    }

    [Fact]
    public void Without_a_key_there_is_nothing_to_sign()
    {
        Signer signer = new();
        Assert.Equal(new byte[RsaNumber.Size], signer.Sign("box", null, s_box));
        signer.End();
    }

    private string Refused(ExternalSigning external)
    {
        Signer signer = new(external);
        signer.Sign("box", _public, s_box);
        signer.Sign("table", _public, s_table);
        return Assert.Throws<BuildException>(signer.End).Message;
    }

    private string Saved(string name, byte[] signature)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, signature);
        return file;
    }
}
