using Bulkhead.X86.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>What two CPUs say of their paging.</summary>
internal static class X86Cpus
{
    public static PagingFeatures Large => new(1u << 26 | 1u << 20, 0x302e);
    public static PagingFeatures Small => new(1u << 20, 0x3028);

    public static EptCapabilities LargeEpt => new(0xf01_0673_4141);
    public static EptCapabilities SmallEpt => new(0xf01_0611_4141);
}
