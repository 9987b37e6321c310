namespace Bulkhead.ImageBuilder;

/// <summary>A tool that this machine lacks; the message says which and how to get it.</summary>
public sealed class MissingToolException(string message) : Exception(message);
