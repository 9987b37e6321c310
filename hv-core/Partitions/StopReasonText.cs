using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Partitions;

/// <summary>What the console, and whoever decodes a black box, says of a guest's end.</summary>
public static class StopReasonText
{
    public static ReadOnlySpan<byte> Of(StopReason reason) => TextList.At(Texts, (int)reason);

    // In StopReason's order.
    private static ReadOnlySpan<byte> Texts =>
        "powered off\0"u8 +
        "asked for a reset\0"u8 +
        "not started: its package was refused\0"u8 +
        "stopped: instruction fetch outside its memory\0"u8 +
        "stopped: the same access failed again after an external abort was delivered\0"u8 +
        "stopped: SError\0"u8 +
        "stopped: stage 2 fault\0"u8 +
        "stopped: triple fault\0"u8 +
        "stopped: an access outside its memory by an instruction that is not emulated\0"u8 +
        "stopped: an interrupt or exception whose handler's table or stack lies outside its memory\0"u8 +
        "stopped: a task switch by hardware, which VT-x does not run\0"u8 +
        "stopped: its watchdog was not fed\0"u8 +
        "stopped: as was asked\0"u8 +
        "stopped: its update was not confirmed in time\0"u8;
}
