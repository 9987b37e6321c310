namespace Bulkhead.ImageBuilder.Fleet;

/// <summary>An action of the fleet server's cannot be carried out; the message goes back to it.</summary>
public sealed class FleetException(string message) : Exception(message);
