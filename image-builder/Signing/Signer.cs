using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Signing;

/// <summary>
/// Gets signatures: from private keys, or, where only the public part is here, from files that a hardware security
/// module made of what this leaves for it.
/// </summary>
/// <param name="folder">NAME.sig is read from here, and NAME.tbs left for who can sign it; null for private keys only.</param>
public sealed class Signer(string? folder)
{
    private readonly List<string> _missing = [], _wrong = [];

    /// <summary>The signature of a message; zeros where there is no key, or until somebody has signed.</summary>
    /// <param name="name">What the message is, as a file's name.</param>
    public byte[] Sign(string name, SigningKey? key, ReadOnlySpan<byte> message)
    {
        if (key is null)
            return new byte[RsaNumber.Size];
        if (key.CanSign)
            return key.Sign(message);
        if (folder is null)
            throw new BuildException($"{name} must be signed by {key.File}, which is a public key: give the folder of its signatures by --signatures");
        string signed = Path.Combine(folder, name + ".sig"), unsigned = Path.Combine(folder, name + ".tbs");
        bool isSigned = File.Exists(signed);
        if (isSigned && File.ReadAllBytes(signed) is var signature && key.Verifies(message, signature))
            return signature;
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(unsigned, message.ToArray());
        _missing.Add(unsigned);
        if (isSigned)
            _wrong.Add($"\n{signed} is not a signature of this {name} by {key.File}: of another version's, or by another key");
        return new byte[RsaNumber.Size];
    }

    /// <exception cref="BuildException">Something waits for a signature.</exception>
    public void Complete()
    {
        if (_missing.Count == 0)
            return;
        throw new BuildException($"to be signed first: {string.Join(", ", _missing)}{string.Concat(_wrong)}\n"
            + "with RSA PKCS#1 v1.5 and SHA-256, each into the same name with .sig, for example:\n"
            + $"  openssl dgst -sha256 -sign KEY.pem -out {Path.ChangeExtension(_missing[0], ".sig")} {_missing[0]}");
    }
}
