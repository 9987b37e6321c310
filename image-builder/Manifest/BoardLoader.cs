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
        string boardsDirectory = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(boardPath))!, "..");
        BoardDocument? board = ReadDocument(boardPath, diagnostics) is { } read ? WithFacts(read, boardsDirectory, diagnostics) : null;
        return board is not null && diagnostics.ErrorCount == errorsBefore ? ModelBuilder.Build(board) : null;
    }

    /// <summary>The names of all boards there are, in order.</summary>
    public static IReadOnlyList<string> Names(string boardsDirectory) => Directory.Exists(boardsDirectory)
        ? [.. Directory.EnumerateDirectories(boardsDirectory)
            .Where(d => File.Exists(Path.Combine(d, FileName)))
            .Select(d => Path.GetFileName(d))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The board of a name, with its facts if it is the same as another; or a report at <paramref name="span"/>.</summary>
    internal static BoardDocument? Find(string name, SourceSpan span, string boardsDirectory, DiagnosticBag diagnostics)
    {
        if (!Exists(name, span, boardsDirectory, diagnostics))
            return null;
        BoardDocument? board = ReadDocument(Path.Combine(boardsDirectory, name, FileName), diagnostics);
        return board is null ? null : WithFacts(board, boardsDirectory, diagnostics);
    }

    // The name is the facts', since it stands in the image and the image is one for both; the emulator is its own.
    private static BoardDocument? WithFacts(BoardDocument board, string boardsDirectory, DiagnosticBag diagnostics)
    {
        if (board.SameAs is not { } other)
            return board;
        if (!Exists(other.Value, other.Span, boardsDirectory, diagnostics)
            || ReadDocument(Path.Combine(boardsDirectory, other.Value, FileName), diagnostics) is not { } facts)
            return null;
        if (facts.SameAs is null)
            return facts with { Qemu = board.Qemu, Bochs = board.Bochs };
        diagnostics.Add(BoardDiagnostics.TwinOfTwin, other.Span, $"the board {other.Value} is itself the same as {facts.SameAs.Value}",
            new DiagnosticNote(facts.SameAs.Span, "it says so here"));
        return null;
    }

    private static bool Exists(string name, SourceSpan span, string boardsDirectory, DiagnosticBag diagnostics)
    {
        if (Names(boardsDirectory) is var names && names.Contains(name))
            return true;
        string help = Nearest.DidYouMean(name, names) ?? (names.Count == 0 ? $"looked in {boardsDirectory}" : "boards: " + string.Join(", ", names));
        diagnostics.Add(BoardDiagnostics.UnknownBoard, span, $"there is no board `{name}`", help);
        return false;
    }

    private static BoardDocument? ReadDocument(string boardPath, DiagnosticBag diagnostics)
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
