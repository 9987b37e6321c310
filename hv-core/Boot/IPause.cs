namespace Bulkhead.Boot;

/// <summary>What work over many bytes does between two steps of it, so that others are not kept waiting.</summary>
public interface IPause
{
    /// <summary>What a step may touch at most: well below a millisecond's worth.</summary>
    public const int StepBytes = 16 << 10;

    void Pause();
}
