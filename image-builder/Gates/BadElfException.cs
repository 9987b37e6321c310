namespace Bulkhead.BuildGates;

public sealed class BadElfException(string message) : Exception(message);
