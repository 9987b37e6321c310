using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>The front door: an appliance.yaml and its board, read, checked, every default filled in, every guest placed.</summary>
public static class ApplianceLoader
{
    /// <param name="appliancePath">The appliance.yaml.</param>
    /// <param name="boardsDirectory">The folder with a folder for each board.</param>
    /// <param name="boardOverride">A board to take instead of the one the manifest names.</param>
    /// <param name="diagnostics">Receives everything found, of both files.</param>
    /// <returns>The appliance, or null when there was any error.</returns>
    public static Appliance? Load(string appliancePath, string boardsDirectory, string? boardOverride, DiagnosticBag diagnostics)
    {
        int errorsBefore = diagnostics.ErrorCount;
        if (ManifestText.Read(appliancePath, diagnostics, out byte[] manifest) is not { } file)
            return null;
        diagnostics.Mention(file);
        if (YamlComposer.Compose(file, diagnostics) is not { } root)
            return null;
        if (new ApplianceReader(diagnostics).Read(file, root) is not { } appliance)
            return null;

        BoardDocument? board = FindBoard(appliance, boardsDirectory, boardOverride, diagnostics);
        IReadOnlyDictionary<GuestDocument, ulong> places = ApplianceValidator.Check(appliance, board, boardsDirectory, diagnostics);
        if (board is null || diagnostics.ErrorCount != errorsBefore)
            return null;
        return ModelBuilder.Build(appliance, manifest, ModelBuilder.Build(board), places, boardsDirectory);
    }

    private static BoardDocument? FindBoard(ApplianceDocument appliance, string boardsDirectory, string? boardOverride, DiagnosticBag diagnostics)
    {
        if ((boardOverride ?? appliance.Board?.Value) is not { } name)
            return null;
        string path = Path.Combine(boardsDirectory, name, BoardLoader.FileName);
        if (BoardLoader.Names(boardsDirectory) is var names && names.Contains(name))
            return BoardLoader.ReadDocument(path, diagnostics);

        SourceSpan span = boardOverride is null ? appliance.Board!.Span : SourceSpan.WholeFile(appliance.File);
        string help = Nearest.DidYouMean(name, names) ?? (names.Count == 0 ? $"looked in {boardsDirectory}" : "boards: " + string.Join(", ", names));
        diagnostics.Add(BoardDiagnostics.UnknownBoard, span, $"there is no board `{name}`", help);
        return null;
    }
}
