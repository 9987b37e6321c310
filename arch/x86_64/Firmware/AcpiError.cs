using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.X86.Firmware;

/// <summary>Why the board's ACPI tables are not read.</summary>
public enum AcpiError
{
    None,
    NoRootPointer,
    BadRootPointer,
    BadRootTable,
    /// <summary>A table the hypervisor reads contradicts itself, or its checksum does not fit.</summary>
    BadTable,
    NoMadt,
    /// <summary>More CPUs, I/O APICs or overrides than this reader keeps.</summary>
    TooMany,
}

public static class AcpiErrorText
{
    public static ReadOnlySpan<byte> Of(AcpiError error) => TextList.At(Texts, (int)error);

    // In AcpiError's order.
    private static ReadOnlySpan<byte> Texts =>
        "sound\0"u8 +
        "no root pointer\0"u8 +
        "the root pointer is damaged\0"u8 +
        "the root table is damaged\0"u8 +
        "MADT, FADT or HPET is damaged\0"u8 +
        "no MADT\0"u8 +
        "more processors or interrupt controllers than there is room for\0"u8;
}
