using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>Loads manifests that have to be good, or a text as if it stood in a file.</summary>
internal static class Load
{
    public static Appliance Good(string name) => Appliance(Path.Combine(TestFiles.Folder, "Good", name + ".yaml"), TestFiles.Boards, null);

    /// <summary>A good manifest on another board, after a change.</summary>
    public static Appliance Good(string name, string board, Func<string, string> change)
    {
        (Appliance? appliance, DiagnosticBag bag) = Text(change(System.IO.File.ReadAllText(Path.Combine(TestFiles.Folder, "Good", name + ".yaml"))), board);
        return appliance ?? throw new InvalidOperationException(Render(bag));
    }

    public static Appliance Demo(string? board = null) =>
        Appliance(Path.Combine(TestFiles.Repository, "partitions", "demo", "appliance.yaml"), Path.Combine(TestFiles.Repository, "boards"), board);

    public static Appliance File(string path) => Appliance(path, TestFiles.Boards, null);

    /// <summary>Relative paths in the text are relative to the folder of the good manifests.</summary>
    public static (Appliance? Appliance, DiagnosticBag Bag) Text(string text, string? board = null)
    {
        DiagnosticBag bag = new();
        string path = Path.Combine(Path.GetTempPath(), $"bulkhead-{Guid.NewGuid():N}.yaml");
        System.IO.File.WriteAllText(path, text);
        try
        {
            return (ApplianceLoader.Load(path, TestFiles.Boards, board, bag), bag);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    public static string Render(DiagnosticBag bag, bool colour = false)
    {
        StringWriter text = new() { NewLine = "\n" };
        new DiagnosticRenderer(text, colour).Write(bag);
        return text.ToString();
    }

    private static Appliance Appliance(string path, string boards, string? board)
    {
        DiagnosticBag bag = new();
        Appliance? appliance = ApplianceLoader.Load(path, boards, board, bag);
        return appliance ?? throw new InvalidOperationException(Render(bag));
    }
}
