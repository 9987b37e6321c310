namespace Bulkhead.ImageBuilder.Formats;

/// <summary>One partition: name and place, in bytes from the disk's first.</summary>
public sealed record GptPartition(string Name, ulong Offset, ulong Size);
