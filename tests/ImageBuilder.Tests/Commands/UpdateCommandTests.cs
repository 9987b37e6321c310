using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>What whoever updates for the first time may get wrong.</summary>
public sealed class UpdateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-words").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_key_may_be_named_by_its_file()
    {
        Assert.Equal(ExitCode.Ok, CommandLine.Run("keys", "new", Path.Combine(_folder, "root.pem")).Exit);
        Assert.Equal(["root.pem", "root.pub.pem"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        (int exit, _, string errors) = CommandLine.Run("keys", "new", Path.Combine(_folder, "root"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("never written over", errors);
    }

    [Fact]
    public void A_key_with_a_passphrase_is_told_from_none()
    {
        string file = Path.Combine(_folder, "key.pem");
        File.WriteAllText(file, System.Security.Cryptography.RSA.Create(3072).ExportEncryptedPkcs8PrivateKeyPem("word",
            new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes128Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1)));
        (int exit, _, string errors) = CommandLine.Run("keys", "show", file);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains($"{file} is protected by a passphrase", errors);
    }

    [Fact]
    public void A_file_of_another_kind_is_named()
    {
        string file = Path.Combine(_folder, "notes.txt");
        File.WriteAllText(file, "nothing");
        foreach (string[] words in new[] { ["update", file], new[] { "slots", file } })
        {
            (int exit, _, string errors) = CommandLine.Run(words);
            Assert.Equal(ExitCode.Failed, exit);
            Assert.Contains(file, errors);
        }
    }

    [Theory]
    [InlineData("update either the board that runs", "update", "x.bhu", "--board", "--image", "x.img")]
    [InlineData("'./bulkhead keys new --help'", "keys", "new")]
    [InlineData("there is no file or folder nowhere.sig", "package", "box", "--signature", "nowhere.sig")]
    public void Wrong_words_are_told_of(string text, params string[] words)
    {
        (int exit, _, string errors) = CommandLine.Run(words);
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(text, errors);
    }
}
