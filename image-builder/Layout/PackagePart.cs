using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>One stretch of guest memory and its bytes.</summary>
internal sealed record PackagePart(SegmentKind Kind, GuestPhys Load, byte[] Content);
