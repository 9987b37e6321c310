using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Partitions;

/// <summary>What the console says of a refused appliance table.</summary>
public static class TableErrorText
{
    public static ReadOnlySpan<byte> Of(TableError error) => TextList.At(Texts, (int)error);

    // In TableError's order.
    private static ReadOnlySpan<byte> Texts =>
        "sound\0"u8 +
        "fewer bytes than a table has\0"u8 +
        "not an appliance table\0"u8 +
        "a version this hypervisor does not know\0"u8 +
        "its size field is not a table's\0"u8 +
        "its bytes do not match its digest\0"u8 +
        "the appliance's or board's name is not one\0"u8 +
        "the board is of another architecture than this hypervisor\0"u8 +
        "the board's CPU count is out of bounds\0"u8 +
        "a CPU's id has bits that no id has\0"u8 +
        "two CPUs have one id\0"u8 +
        "the board's count of RAM ranges is out of bounds\0"u8 +
        "a RAM range is empty, unaligned or out of bounds\0"u8 +
        "two RAM ranges overlap\0"u8 +
        "the hypervisor's RAM is not inside the board's, or not 2 MiB aligned\0"u8 +
        "the flash or disk is empty or unaligned\0"u8 +
        "the flash overlaps RAM\0"u8 +
        "a device the hypervisor keeps is unaligned or overlaps something\0"u8 +
        "the board's UART has no interrupt that it could have\0"u8 +
        "the guest count is out of bounds\0"u8 +
        "its name is not one\0"u8 +
        "its name is taken by another guest\0"u8 +
        "it has flags this hypervisor does not know\0"u8 +
        "its vCPU count is out of bounds\0"u8 +
        "a vCPU is pinned to a CPU the board has not\0"u8 +
        "a vCPU is pinned to a CPU that another vCPU has\0"u8 +
        "its count of mappings is out of bounds\0"u8 +
        "a mapping is empty, unaligned, of unknown kind or out of bounds\0"u8 +
        "it has no RAM\0"u8 +
        "RAM is mapped that the board has not\0"u8 +
        "a mapping overlaps the hypervisor's RAM\0"u8 +
        "a mapping overlaps another on the board\0"u8 +
        "a device mapping overlaps RAM\0"u8 +
        "a device mapping overlaps one of the hypervisor's devices\0"u8 +
        "two of its mappings overlap in the guest\0"u8 +
        "a virtual device's window is unaligned or out of bounds, or its interrupts are\0"u8 +
        "a virtual device's window overlaps a mapping or another window\0"u8 +
        "its count of port ranges is out of bounds, or one is, or has ports that no guest may have\0"u8 +
        "a port range overlaps another guest's, a virtual device's or one of the hypervisor's\0"u8 +
        "its count of interrupts is out of bounds\0"u8 +
        "an assigned interrupt is out of bounds\0"u8 +
        "an assigned interrupt is taken\0"u8 +
        "a slot is too small, unaligned or outside the image\0"u8 +
        "a slot overlaps another\0"u8 +
        "its restart policy is out of bounds\0"u8 +
        "it comes after itself, or after guests that come after it, or after none there is\0"u8 +
        "its watchdog's times are out of bounds, or its registers or interrupt are\0"u8 +
        "the black box is not 2 MiB of the board's RAM on a boundary of 2 MiB, apart from the hypervisor's; or its area of the image is none\0"u8 +
        "its key is no RSA-3072 modulus\0"u8 +
        "the appliance is marked for production, and its packages are not signed\0"u8 +
        "its range of channel versions ends before it begins\0"u8 +
        "it is not signed by a root key that this board knows\0"u8 +
        "it is a second control guest\0"u8 +
        "its second UART is unaligned or out of bounds, or its interrupt is, or it has one without the role\0"u8 +
        "a table with a higher rollback index has been confirmed here\0"u8 +
        "its update's tries or time are out of bounds, or a watchdog that it does not have is to report its health\0"u8 +
        "a step of its devices' reset is of no kind, outside its devices, unaligned, or waits too long\0"u8;
}
