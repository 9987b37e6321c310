using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What a manifest need not say: QEMU virt's map, a PC's, and slots of a usual size.</summary>
internal static class Defaults
{
    public const ulong GuestRam = 0x4000_0000;
    public const ulong Gicd = 0x0800_0000;
    public const ulong Gicr = 0x080a_0000;
    public const ulong Uart = 0x0900_0000;
    public const uint UartIntId = 33;

    /// <summary>Where QEMU's virt has nothing, neither device nor interrupt.</summary>
    public const ulong Watchdog = 0x090c_0000;

    public const uint WatchdogIntId = 47;

    /// <summary>Where QEMU's virt has its second UART, if any.</summary>
    public const ulong ControlUart = 0x0904_0000;

    public const uint ControlUartIntId = 40;

    /// <summary>Where QEMU's virt has nothing, and a PC neither device nor APIC.</summary>
    public static ulong Mailbox(CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64 ? 0x0905_0000ul : 0xfeb0_0000;

    public const ulong LocalApic = 0xfee0_0000;
    public const ulong IoApic = 0xfec0_0000;
    public const uint UartPort = 0x3f8;
    public const uint UartGsi = 4;

    /// <summary>COM2's.</summary>
    public const uint ControlUartPort = 0x2f8;

    public const uint ControlUartGsi = 3;

    /// <summary>Where PCs have had neither bus nor device.</summary>
    public const uint SleepPort = 0x600;

    public const uint ResetPort = 0x604;

    public const uint WatchdogPort = 0x610;

    /// <summary>A Debian cloud kernel takes 10 MB compressed; this leaves room for an initramfs.</summary>
    public const ulong LinuxSlot = 12 * Units.MiB;

    public const ulong KernelSlot = 2 * Units.MiB;

    /// <summary>The name Linux has for the guest's UART.</summary>
    public static string Console(CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64 ? "ttyAMA0" : "ttyS0";

    public static ulong GuestRamBase(CpuArchitecture architecture, PlatformDocument platform) =>
        architecture == CpuArchitecture.Arm64 ? platform.Ram?.Value ?? GuestRam : 0;

    public static ulong Slot(GuestDocument guest) => guest.Slot?.Value ?? (guest.Linux is null ? KernelSlot : LinuxSlot);
}
