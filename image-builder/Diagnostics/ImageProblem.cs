namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>One thing wrong with an image.</summary>
/// <param name="Where">The partition, or another part that has a name.</param>
public sealed record ImageProblem(string Code, string Where, string Message)
{
    public override string ToString() => $"{Code}: {Where}: {Message}";
}
