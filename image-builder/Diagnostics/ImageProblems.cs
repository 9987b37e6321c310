namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>Collects what is wrong with an image: like a manifest's, all of it in one run.</summary>
public sealed class ImageProblems
{
    private readonly List<ImageProblem> _all = [];

    public IReadOnlyList<ImageProblem> All => _all;

    public void Add(DiagnosticDescriptor kind, string where, string message) => _all.Add(new ImageProblem(kind.Code, where, message));
}
