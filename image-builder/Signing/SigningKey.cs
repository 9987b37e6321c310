using System.Security.Cryptography;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Signing;

/// <summary>An RSA-3072 key of a PEM file. A private one signs; a public one only says who must.</summary>
public sealed class SigningKey
{
    private const string DevelopmentMark = "bulkhead: development key";
    private readonly RSA _key;

    private SigningKey(string file, RSA key, bool canSign, bool isDevelopment)
    {
        File = file;
        _key = key;
        CanSign = canSign;
        IsDevelopment = isDevelopment;
        Modulus = key.ExportParameters(false).Modulus!;
    }

    public string File { get; }
    public bool CanSign { get; }

    /// <summary>Made for trying things out: no appliance for production may trust it.</summary>
    public bool IsDevelopment { get; }

    /// <summary>384 bytes, most significant first: what the board knows of the key.</summary>
    public byte[] Modulus { get; }

    /// <summary>SHA-256 of the modulus, in hex: what the first stage holds of a root key, and how people tell keys apart.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Modulus));

    /// <exception cref="BuildException">The file holds no RSA key of 3072 bits with exponent 65537.</exception>
    public static SigningKey Load(string file)
    {
        string text = System.IO.File.ReadAllText(file);
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new BuildException($"{file} is protected by a passphrase, and nobody is asked for one here: name its public key, and sign elsewhere (--emit-tbs, --signature)");
        RSA key = RSA.Create();
        try
        {
            key.ImportFromPem(text);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new BuildException($"{file} holds no RSA key in PEM form; './bulkhead keys new' makes one");
        }
        RSAParameters parameters = key.ExportParameters(false);
        if (key.KeySize != 8 * RsaNumber.Size || !parameters.Exponent.AsSpan().SequenceEqual<byte>([1, 0, 1]))
            throw new BuildException($"{file} holds an RSA key of {key.KeySize} bits; the board knows 3072 bits with the exponent 65537 only: './bulkhead keys new'");
        return new SigningKey(file, key, text.Contains("PRIVATE KEY", StringComparison.Ordinal), text.Contains(DevelopmentMark, StringComparison.Ordinal));
    }

    /// <summary>Writes NAME.pem, which its owner alone can read, and NAME.pub.pem. Nothing that exists is written over.</summary>
    /// <returns>The private key's file.</returns>
    public static string Create(string name, bool development)
    {
        string privateFile = name + ".pem", publicFile = name + ".pub.pem";
        foreach (string file in new[] { privateFile, publicFile })
        {
            if (System.IO.File.Exists(file))
                throw new BuildException($"{file} exists; a key is never written over");
        }
        if (Path.GetDirectoryName(name) is { Length: not 0 } folder)
            Directory.CreateDirectory(folder);
        using RSA key = RSA.Create(8 * RsaNumber.Size);
        string mark = development ? $"# {DevelopmentMark}\n" : "";
        FileStreamOptions own = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (StreamWriter writer = new(privateFile, own))
            writer.Write(mark + key.ExportPkcs8PrivateKeyPem() + "\n");
        System.IO.File.WriteAllText(publicFile, mark + key.ExportSubjectPublicKeyInfoPem() + "\n");
        return privateFile;
    }

    public byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
