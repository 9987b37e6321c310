namespace Bulkhead.Tests.Gic;

/// <summary>A physical interrupt of the fake board.</summary>
internal sealed class PhysicalInterrupt
{
    public bool Enabled;
    public bool Pending;
    public bool Active;
    public bool Edge;
    public int Route;
}
