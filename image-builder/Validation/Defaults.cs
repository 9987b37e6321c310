using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What a manifest need not say: QEMU virt's map, and slots of a usual size.</summary>
internal static class Defaults
{
    public const ulong GuestRam = 0x4000_0000;
    public const ulong Gicd = 0x0800_0000;
    public const ulong Gicr = 0x080a_0000;
    public const ulong Uart = 0x0900_0000;
    public const uint UartIntId = 33;
    public const string LinuxCommandLine = "console=ttyAMA0";

    /// <summary>A Debian cloud kernel takes 10 MB compressed; this leaves room for an initramfs.</summary>
    public const ulong LinuxSlot = 12 * Units.MiB;

    public const ulong KernelSlot = 2 * Units.MiB;

    public static ulong Slot(GuestDocument guest) => guest.Slot?.Value ?? (guest.Linux is null ? KernelSlot : LinuxSlot);
}
