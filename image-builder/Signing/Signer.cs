using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Signing;

/// <summary>
/// Gets signatures: from private keys, or, where only the public part is here, among those that a hardware security
/// module made of what this leaves for it. Which message one is of, it says itself: it verifies.
/// </summary>
public sealed class Signer(ExternalSigning external)
{
    private readonly List<(string Name, SigningKey Key, byte[] Message)> _waiting = [];
    private readonly List<(string Name, SigningKey Key)> _foreign = [];
    private readonly List<ExternalSignature> _signatures = [.. external.Signatures.SelectMany(ExternalSignature.Read)];

    public Signer() : this(ExternalSigning.None)
    {
    }

    /// <summary>The signature of a message; zeros where there is no key, or until somebody has signed.</summary>
    /// <param name="name">What the message is, as a file's name.</param>
    public byte[] Sign(string name, SigningKey? key, ReadOnlySpan<byte> message)
    {
        if (key is null)
            return new byte[RsaNumber.Size];
        if (key.CanSign)
            return key.Sign(message);
        _foreign.Add((name, key));
        foreach (ExternalSignature signature in _signatures)
        {
            if (!key.Verifies(message, signature.Bytes))
                continue;
            signature.IsUsed = true;
            return signature.Bytes;
        }
        _waiting.Add((name, key, message.ToArray()));
        return new byte[RsaNumber.Size];
    }

    /// <summary>What was asked for so far is signed.</summary>
    /// <exception cref="BuildException">Something waits for a signature.</exception>
    public void Complete()
    {
        if (_waiting.Count == 0)
            return;
        // Of a folder only what is called like one that waits; the others may be anything's.
        string wrong = string.Concat(_signatures.Where(of => !of.IsUsed && (of.IsNamed || _waiting.Any(one => one.Name == of.Name))).Select(of => "\n" + Complaint(of)));
        if (external.TbsFolder is not { } folder)
        {
            throw new BuildException($"these keys are public here, somebody else must sign: {WithKeys(_waiting.Select(one => (one.Name, one.Key)))}{wrong}\n"
                + "--emit-tbs FOLDER leaves what is to be signed, --signature FILE takes a signature");
        }
        Directory.CreateDirectory(folder);
        foreach ((string name, _, byte[] message) in _waiting)
            File.WriteAllBytes(Unsigned(folder, name), message);
        string first = Unsigned(folder, _waiting[0].Name);
        throw new BuildException($"to be signed first: {string.Join(", ", _waiting.Select(one => Unsigned(folder, one.Name)))}{wrong}\n"
            + "with RSA PKCS#1 v1.5 and SHA-256, then the same command with --signature FILE for each, for example:\n"
            + $"  openssl dgst -sha256 -sign KEY.pem -out {Path.ChangeExtension(first, ".sig")} {first}");
    }

    /// <summary>All is signed, and each signature that was named is one of something in it.</summary>
    /// <exception cref="BuildException">Something waits for a signature, or a signature for nothing.</exception>
    public void End()
    {
        Complete();
        if (_signatures.FirstOrDefault(of => of is { IsUsed: false, IsNamed: true }) is { } odd)
            throw new BuildException(Complaint(odd));
    }

    private string Complaint(ExternalSignature of)
    {
        if (of.Bytes.Length != RsaNumber.Size)
            return $"{of.File} has {of.Bytes.Length} bytes: a signature by RSA-3072 has {RsaNumber.Size}, as they are, neither Base64 nor hex";
        if (_foreign.Count == 0)
            return $"{of.File} is not wanted: nothing here is signed elsewhere, every private key is here";
        return $"{of.File} is no signature of {WithKeys(_foreign)}: it is another version's, by another key, or not PKCS#1 v1.5 with SHA-256";
    }

    private static string WithKeys(IEnumerable<(string Name, SigningKey Key)> messages) => string.Join(", ", messages.Select(one => $"{one.Name} (by {one.Key.File})"));

    private static string Unsigned(string folder, string name) => Path.Combine(folder, name + ".tbs");
}
