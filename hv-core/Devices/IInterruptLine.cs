namespace Bulkhead.Devices;

/// <summary>Where a virtual device's interrupt output leads.</summary>
/// <typeparam name="TContext">Whatever the line needs to be reached; the device passes it through.</typeparam>
public interface IInterruptLine<TContext> where TContext : struct
{
    /// <summary>Called on any CPU, but never by two at once for one device, and only when the level changes.</summary>
    static abstract void Set(ref TContext context, bool asserted);
}
