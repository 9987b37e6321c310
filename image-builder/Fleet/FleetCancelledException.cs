namespace Bulkhead.ImageBuilder.Fleet;

/// <summary>The server took the action back in time.</summary>
public sealed class FleetCancelledException : Exception;
