using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Guests;

/// <summary>Calls out of the guest (docs/abi.md); how they are made is the architecture's.</summary>
internal static unsafe partial class Hypervisor
{
    public const uint OwnVersion = 0xc600_0010;
    public const uint OwnFeatures = 0xc600_0011;
    public const uint GuestIdentity = 0xc600_0012;
    public const uint ConsoleWrite = 0xc600_0013;
    public const uint Doorbell = 0xc600_0014;

    public const ulong FeatureConsoleWrite = 1;
    public const ulong NotSupported = ~0ul;
    public const ulong InvalidParameters = ~0ul - 1;

    /// <summary>Bytes taken, or a negative result.</summary>
    public static long WriteConsole(ReadOnlySpan<byte> text) =>
        (long)Call(ConsoleWrite, PhysicalOf(Unsafe.AsPointer(ref MemoryMarshal.GetReference(text))), (ulong)text.Length);
}
