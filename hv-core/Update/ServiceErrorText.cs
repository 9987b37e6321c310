using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Update;

/// <summary>The word that the update service answers for an error.</summary>
public static class ServiceErrorText
{
    public static ReadOnlySpan<byte> Of(ServiceError error) => TextList.At(Texts, (int)error);

    /// <summary>The error that a word stands for; none for any other word.</summary>
    public static ServiceError Find(ReadOnlySpan<byte> word) => (ServiceError)Math.Max(0, TextList.Find(Texts, word));

    // In ServiceError's order.
    private static ReadOnlySpan<byte> Texts =>
        "ok\0"u8 +
        "unknown-command\0"u8 +
        "unknown-guest\0"u8 +
        "off\0"u8 +
        "busy\0"u8 +
        "no-bundle\0"u8 +
        "incomplete\0"u8 +
        "not-verified\0"u8 +
        "out-of-order\0"u8 +
        "bad-data\0"u8 +
        "bad-bundle\0"u8 +
        "bad-signature\0"u8 +
        "other-board\0"u8 +
        "other-appliance\0"u8 +
        "no-slot\0"u8 +
        "too-large\0"u8 +
        "bad-package\0"u8 +
        "other-channels\0"u8 +
        "other-guests\0"u8 +
        "downgrade\0"u8 +
        "wrong-digest\0"u8 +
        "trial-running\0"u8 +
        "no-trial\0"u8 +
        "slot-not-ready\0"u8 +
        "flash\0"u8 +
        "no-updates\0"u8;
}
