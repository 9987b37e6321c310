namespace Bulkhead.Boot;

/// <summary>For little work, and where nobody waits.</summary>
public readonly struct NoPause : IPause
{
    public void Pause()
    {
    }
}
