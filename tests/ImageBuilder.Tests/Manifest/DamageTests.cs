using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>Whatever happens to a manifest, the loader answers with diagnostics and never with an exception.</summary>
public class DamageTests
{
    private static readonly string Everything = File.ReadAllText(Path.Combine(TestFiles.Folder, "Good", "everything.yaml"));

    [Fact]
    public void EveryTruncationIsSurvived()
    {
        for (int length = 0; length < Everything.Length; length++)
            Survive(Everything[..length]);
    }

    [Fact]
    public void EveryLineMayBeMissing()
    {
        string[] lines = Everything.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            Survive(string.Join('\n', lines.Where((_, n) => n != i)));
    }

    [Fact]
    public void RandomDamageIsSurvived()
    {
        Random random = new(20);
        const string Pieces = "{}[]:,-?&*!|>'\"%@`#\n\t \u00e4\0~.09x";
        for (int round = 0; round < 1500; round++)
        {
            char[] text = Everything.ToCharArray();
            for (int i = random.Next(1, 6); i > 0; i--)
                text[random.Next(text.Length)] = Pieces[random.Next(Pieces.Length)];
            Survive(new string(text));
        }
    }

    private static void Survive(string text)
    {
        DiagnosticBag bag = new();
        SourceFile file = new(Path.Combine(TestFiles.Folder, "Good", "damaged.yaml"), text);
        ManifestNode? root = YamlComposer.Compose(file, bag);
        if (root is null)
            Assert.True(bag.HasErrors, text);
        else
            new ApplianceReader(bag).Read(file, root);
        Load.Render(bag);
    }
}
