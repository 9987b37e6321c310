using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>Every bad file brings about exactly what its comments say, each on its line, all in one run.</summary>
public class BadFileTests
{
    public static TheoryData<string> BadAppliances => [.. Directory.EnumerateFiles(Path.Combine(TestFiles.Folder, "Bad")).Select(f => Path.GetFileName(f)).Order()];

    public static TheoryData<string> BadBoards => [.. Directory.EnumerateDirectories(Path.Combine(TestFiles.Folder, "BadBoards")).Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(BadAppliances))]
    public void ApplianceHasWhatItsCommentsSay(string name)
    {
        string path = Path.Combine(TestFiles.Folder, "Bad", name);
        DiagnosticBag bag = new();
        Model.Appliance? appliance = ApplianceLoader.Load(path, TestFiles.Boards, null, bag);
        AssertExpected(bag, [path, .. bag.All.Select(d => d.Span.File.FullPath)]);
        Assert.Equal(bag.HasErrors, appliance is null);
    }

    [Theory]
    [MemberData(nameof(BadBoards))]
    public void BoardHasWhatItsCommentsSay(string name)
    {
        string path = Path.Combine(TestFiles.Folder, "BadBoards", name, "board.yaml");
        DiagnosticBag bag = new();
        Assert.Null(BoardLoader.Load(path, bag));
        AssertExpected(bag, [path]);
    }

    [Fact]
    public void EveryCodeHasABadFile()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(TestFiles.Folder, "*.yaml", SearchOption.AllDirectories);
        HashSet<string> covered = [.. files.SelectMany(Expectation.In).Select(e => e.Code)];
        Assert.Equal([], DiagnosticCatalogue.All.Where(d => d.FoundInManifest).Select(d => d.Code).Except(covered));
        Assert.Equal([], covered.Except(DiagnosticCatalogue.All.Select(d => d.Code)));
    }

    private static void AssertExpected(DiagnosticBag bag, IEnumerable<string> files)
    {
        Expectation[] expected = [.. files.Distinct().SelectMany(Expectation.In).Order()];
        // Notes about what is unused come with nearly every small file; they count where they are asked for.
        bool notesToo = expected.Any(e => DiagnosticCatalogue.TryFind(e.Code, out var d) && d.Severity == Severity.Note);
        Expectation[] found = [.. bag.All
            .Where(d => notesToo || d.Severity != Severity.Note)
            .Select(d => new Expectation(d.Span.File.FullPath, d.Span.Line, d.Code))
            .Order()];
        StringWriter rendered = new();
        new DiagnosticRenderer(rendered, colour: false).Write(bag);
        Assert.True(expected.SequenceEqual(found),
            $"expected:\n  {string.Join("\n  ", expected.AsEnumerable())}\nfound:\n  {string.Join("\n  ", found.AsEnumerable())}\n\n{rendered}");
        Assert.NotEmpty(found);
    }
}
