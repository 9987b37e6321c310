using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>The front door: an appliance.yaml and its board, read, checked, every default filled in, every guest placed.</summary>
public static class ApplianceLoader
{
    /// <param name="appliancePath">The appliance.yaml.</param>
    /// <param name="boardsDirectory">The folder with a folder for each board.</param>
    /// <param name="boardOverride">A board to take instead of the first one the manifest names.</param>
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
        IReadOnlyList<BoardDocument> others = Others(appliance, boardsDirectory, board);
        appliance = appliance.On(board);
        IReadOnlyDictionary<GuestDocument, ulong> places = ApplianceValidator.Check(appliance, board, others, boardsDirectory, diagnostics);
        if (board is null || diagnostics.ErrorCount != errorsBefore)
            return null;
        return ModelBuilder.Build(appliance, manifest, ModelBuilder.Build(board), places, boardsDirectory);
    }

    /// <summary>The boards that a manifest names, in its order; none when it cannot be read.</summary>
    public static IReadOnlyList<string> Boards(string appliancePath)
    {
        DiagnosticBag unheard = new();
        return ManifestText.Read(appliancePath, unheard, out _) is { } file && YamlComposer.Compose(file, unheard) is { } root
            && new ApplianceReader(unheard).Read(file, root) is { } appliance ? [.. appliance.Boards.Select(b => b.Value)] : [];
    }

    private static BoardDocument? FindBoard(ApplianceDocument appliance, string boardsDirectory, string? boardOverride, DiagnosticBag diagnostics)
    {
        if (boardOverride is not null)
            return BoardLoader.Find(boardOverride, SourceSpan.WholeFile(appliance.File), boardsDirectory, diagnostics);
        return appliance.Boards is [var first, ..] ? BoardLoader.Find(first.Value, first.Span, boardsDirectory, diagnostics) : null;
    }

    /// <summary>What else the manifest is for; what is wrong with those boards is said when they are loaded.</summary>
    private static List<BoardDocument> Others(ApplianceDocument appliance, string boardsDirectory, BoardDocument? board)
    {
        DiagnosticBag unheard = new();
        return [.. appliance.Boards.Where(b => b.Value != board?.Name?.Value)
            .Select(b => BoardLoader.Find(b.Value, b.Span, boardsDirectory, unheard)).OfType<BoardDocument>()];
    }
}
