namespace Bulkhead.ImageBuilder;

/// <summary>A build that cannot go on, said so that its reader can act; nothing half-made is left behind.</summary>
public sealed class BuildException(string message) : Exception(message);
