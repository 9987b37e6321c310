using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads and checks one board.yaml.</summary>
public static class BoardLoader
{
    public const string FileName = "board.yaml";

    /// <summary>The board, or null when anything was wrong with it; the bag says what.</summary>
    public static Board? Load(string boardPath, DiagnosticBag diagnostics)
    {
        int errorsBefore = diagnostics.ErrorCount;
        BoardDocument? board = ReadDocument(boardPath, diagnostics);
        return board is not null && diagnostics.ErrorCount == errorsBefore ? ModelBuilder.Build(board) : null;
    }

    /// <summary>The names of all boards there are, in order.</summary>
    public static IReadOnlyList<string> Names(string boardsDirectory) => Directory.Exists(boardsDirectory)
        ? [.. Directory.EnumerateDirectories(boardsDirectory)
            .Where(d => File.Exists(Path.Combine(d, FileName)))
            .Select(d => Path.GetFileName(d))
            .Order(StringComparer.Ordinal)]
        : [];

    internal static BoardDocument? ReadDocument(string boardPath, DiagnosticBag diagnostics)
    {
        if (ManifestText.Read(boardPath, diagnostics, out _) is not { } file)
            return null;
        diagnostics.Mention(file);
        if (YamlComposer.Compose(file, diagnostics) is not { } root)
            return null;
        if (new BoardReader(diagnostics).Read(file, root) is not { } board)
            return null;
        string folder = Path.GetFileName(Path.GetDirectoryName(file.FullPath))!;
        new BoardValidator(board, diagnostics).Check(folder);
        return board;
    }
}
