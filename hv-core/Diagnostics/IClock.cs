namespace Bulkhead.Diagnostics;

/// <summary>A free-running counter that all CPUs share.</summary>
public interface IClock
{
    static abstract ulong Now();
}
