namespace Bulkhead.ImageBuilder.Formats;

/// <summary>Bytes of a kernel and where the guest has them.</summary>
public sealed record X86KernelSegment(ulong Load, byte[] Content);
