using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Update;

/// <summary>What the board and the tool say of a bundle that is refused.</summary>
public static class BundleErrorText
{
    public static ReadOnlySpan<byte> Of(BundleError error) => TextList.At(Texts, (int)error);

    // In BundleError's order.
    private static ReadOnlySpan<byte> Texts =>
        "sound\0"u8 +
        "it is shorter than a bundle's header\0"u8 +
        "it is no update bundle\0"u8 +
        "a bundle version that is not known here\0"u8 +
        "the header's size field is not a header's\0"u8 +
        "the header does not match its digest\0"u8 +
        "it is for another board\0"u8 +
        "it is for another appliance\0"u8 +
        "the number of its parts is out of bounds\0"u8 +
        "a part is of no known kind, is empty, or does not follow the one before it\0"u8 +
        "a part is for a guest that this appliance does not have\0"u8 +
        "two parts are for the same unit\0"u8 +
        "it is not signed by the key of its guest, or by the root key where it is not for one guest alone\0"u8;
}
