namespace Bulkhead.ImageBuilder.Update;

/// <summary>The update service said no; the message says why, for people.</summary>
public sealed class UpdateRefusedException(string answer) : Exception(RefusalText.Of(answer))
{
    /// <summary>`error WHY` and what stands behind it.</summary>
    public string Answer => answer;
}
