using System;

namespace Bulkhead.X86.Guest;

/// <summary>The permission maps, until they come from the policy: every MSR exits.</summary>
internal static class MsrMap
{
    public static void FillSvm(Span<byte> map)
    {
        map.Fill(0xff);
    }

    public static void FillVmx(Span<byte> map)
    {
        map.Fill(0xff);
    }
}
