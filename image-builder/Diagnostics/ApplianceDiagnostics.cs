namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>BH02xx: what an appliance.yaml asks for, and whether the board has it.</summary>
public static class ApplianceDiagnostics
{
    public static readonly DiagnosticDescriptor UnknownCpu = new("BH0201", "The board has no such CPU")
    {
        Cause = "CPUs are counted from 0 in the order of the board file's list.",
        Example = "cpus: [4]       # on a board with 4 CPUs",
        Fix = "cpus: [3]",
    };

    public static readonly DiagnosticDescriptor CpuTwice = new("BH0202", "A CPU is given twice")
    {
        Cause = "Every virtual CPU has a CPU of the board to itself; that is what keeps guests out of each other's time.",
        Example = "gateway: {cpus: [0, 1], ...}\napp: {cpus: [1], ...}",
        Fix = "gateway: {cpus: [0, 1], ...}\napp: {cpus: [2], ...}",
    };

    public static readonly DiagnosticDescriptor MemoryOutsideRam = new("BH0203", "The guest's memory is not within the board's RAM")
    {
        Cause = "The manifest says where the guest's memory lies (`host`), and the board has no RAM there, or not that much.",
        Example = "memory: {size: 64 MiB, host: 0x20000000}",
        Fix = "memory: 64 MiB      # the builder finds a place",
    };

    public static readonly DiagnosticDescriptor GuestsOverlap = new("BH0204", "The memory of two guests overlaps")
    {
        Cause = "Both guests say where their memory lies (`host`), and the ranges have bytes in common.",
        Example = "app: {memory: {size: 64 MiB, host: 0x50000000}, ...}\npulse: {memory: {size: 16 MiB, host: 0x52000000}, ...}",
        Fix = "Move one of them, or leave `host` out and the builder finds places.",
    };

    public static readonly DiagnosticDescriptor ReservedMemory = new("BH0205", "The guest's memory overlaps memory that the hypervisor needs")
    {
        Cause = "The hypervisor's RAM, the first stage's scratch and the place where firmware leaves its device tree cannot be a guest's.",
        Example = "memory: {size: 64 MiB, host: 0x40000000}",
        Fix = "memory: 64 MiB      # the builder finds a place",
    };

    public static readonly DiagnosticDescriptor NoRoom = new("BH0206", "The guest does not fit into the board's RAM")
    {
        Cause = "No free stretch of RAM is long enough, after what the hypervisor needs and what the other guests have. Guest memory is one "
            + "stretch, so a large enough sum of small ones does not help.",
        Example = "memory: 4 GiB       # on a board with 2 GiB",
        Fix = "Give this guest or another less memory, or move guests with a fixed `host` so that they leave longer stretches.",
    };

    public static readonly DiagnosticDescriptor GuestMapOverlap = new("BH0207", "Two things overlap in the guest's own address map")
    {
        Cause = "A guest sees its RAM, its virtual GIC and UART (`platform`), and the devices it was given at the addresses the board has them. "
            + "Each needs addresses of its own.",
        Example = "platform: {uart: 0x08000000}      # where the distributor is",
        Fix = "platform: {uart: 0x09000000}",
    };

    public static readonly DiagnosticDescriptor OnePayload = new("BH0208", "A guest needs exactly one of `linux` and `kernel`")
    {
        Cause = "`linux` takes a stock Debian kernel package and makes an initramfs; `kernel` takes an image file or a project of this repository. "
            + "A guest runs one of them. In `kernel` it is the same with `file` and `project`.",
        Example = "app:\n  cpus: [2]\n  memory: 64 MiB       # and neither linux nor kernel",
        Fix = "app:\n  cpus: [2]\n  memory: 64 MiB\n  linux: {package: linux-image-cloud-arm64}",
    };

    public static readonly DiagnosticDescriptor NoSuchFile = new("BH0209", "A file that the manifest names is not there")
    {
        Cause = "Paths are relative to the folder of the appliance.yaml. A project has a folder of its name beside boards/ in partitions/, with a "
            + "project file in it.",
        Example = "kernel: {file: Imagge}",
        Fix = "kernel: {file: Image}",
    };

    public static readonly DiagnosticDescriptor NotAKernel = new("BH0210", "The file is not a kernel for the board")
    {
        Cause = "An arm64 kernel starts with the 64-byte header of the arm64 boot protocol, little endian, with \"ARM\\x64\" at byte 56. An x86 kernel is "
            + "a 64-bit ELF file with a PVH note, or a bzImage with a 64-bit entry. Compressed kernels and those for other architectures are neither. "
            + "Debian's kernel packages say by their names' ends, -arm64 or -amd64, what they are for.",
        Example = "kernel: {file: vmlinux}",
        Fix = "kernel: {file: arch/arm64/boot/Image}\nDecompress a compressed kernel first; the builder compresses by itself (`compression: gzip`).",
    };

    public static readonly DiagnosticDescriptor KernelTooBig = new("BH0211", "The kernel does not fit")
    {
        Cause = "The kernel, with the memory its header asks for, is larger than the guest's memory; or its file, stored as it is, is larger than "
            + "the guest's flash slot.",
        Example = "memory: 16 MiB\nkernel: {file: Image}      # whose header asks for 32 MiB",
        Fix = "Give the guest more memory, or a larger slot (`slot`), or store the kernel compressed (`compression: gzip`).",
    };

    public static readonly DiagnosticDescriptor FlashTooSmall = new("BH0212", "The slots do not fit into the board's flash")
    {
        Cause = "Every guest has two slots, a and b, so that an update can be written beside what runs. With the builder's own areas they are larger "
            + "than the flash.",
        Example = "slot: 64 MiB       # twice, on a board with 128 MiB",
        Fix = "Make slots smaller; `./bulkhead inspect` shows how full each one is.",
    };

    public static readonly DiagnosticDescriptor UnknownDevice = new("BH0213", "The board has no such device")
    {
        Cause = "A guest can be given devices that the board file lists under `devices`. The UART, the interrupt controllers and a PC's disk are the hypervisor's; "
            + "each guest has virtual ones.",
        Example = "devices: [rtcc]",
        Fix = "devices: [rtc]",
    };

    public static readonly DiagnosticDescriptor DeviceTwice = new("BH0214", "A device is given twice")
    {
        Cause = "A device belongs to one guest: two drivers that do not know of each other cannot share its registers.",
        Example = "gateway: {devices: [rtc], ...}\napp: {devices: [rtc], ...}",
        Fix = "Remove it from one of the two.",
    };

    public static readonly DiagnosticDescriptor DmaDevice = new("BH0215", "The device can do DMA and the board has no IOMMU")
    {
        Cause = "A device that reads and writes memory by itself does so past the guest's page tables: a guest that programs it reaches every "
            + "other guest and the hypervisor. Without an IOMMU nothing stops it.",
        Example = "devices: [virtio-mmio-0]",
        Fix = "Give the guest devices that the board file marks `dma: false` only.",
    };

    public static readonly DiagnosticDescriptor SharedPage = new("BH0216", "The device shares a page with something else")
    {
        Cause = "Devices are mapped in pages of 4 KiB. A guest that gets a device whose registers do not fill their pages also gets what lies beside "
            + "them, and another device of the board does.",
        Example = "devices: [timer-0]      # 0x200 bytes, with timer-1 in the same page",
        Fix = "Give both to the same guest, or leave both out.",
    };

    public static readonly DiagnosticDescriptor SharedInterrupt = new("BH0217", "Devices of two guests share an interrupt")
    {
        Cause = "An interrupt comes to one guest. The other would wait for it in vain.",
        Example = "gateway: {devices: [timer-0], ...}\napp: {devices: [timer-1], ...}       # both on interrupt 40",
        Fix = "Give both devices to the same guest.",
    };

    public static readonly DiagnosticDescriptor GuestInterruptConflict = new("BH0218", "An interrupt has two uses in one guest")
    {
        Cause = "A guest's virtual UART and a device it was given have the same interrupt id, so its driver cannot tell them apart.",
        Example = "platform: {uart_intid: 34}\ndevices: [rtc]          # interrupt 34 on this board",
        Fix = "platform: {uart_intid: 33}",
    };

    public static readonly DiagnosticDescriptor TooFewIntIds = new("BH0219", "The virtual interrupt controller has no such interrupt")
    {
        Cause = "`platform: {intids: ...}` says how many interrupt ids the guest's distributor has, and the guest has a device beyond them. A PC guest's "
            + "I/O APIC has 24 inputs.",
        Example = "platform: {intids: 64, uart_intid: 100}",
        Fix = "Leave `intids` out, and it becomes as large as it has to be.",
    };

    public static readonly DiagnosticDescriptor BadGuestPath = new("BH0220", "Not a path in the initramfs")
    {
        Cause = "Files in the initramfs are named by the absolute path the guest sees, without empty, `.` or `..` parts. /init is written by the builder.",
        Example = "files: {etc/motd: motd.txt}",
        Fix = "files: {/etc/motd: motd.txt}",
    };

    public static readonly DiagnosticDescriptor InBootImage = new("BH0221", "The guest's memory lies where an image started from RAM is")
    {
        Severity = Severity.Warning,
        Cause = "Started by U-Boot or `-kernel HYPERVISOR -initrd IMAGE` the image lies in RAM (the board file's `boot_image`) and this guest's memory "
            + "would be filled over it. Started from flash all is well.",
        Example = "memory: {size: 64 MiB, host: 0x48000000}",
        Fix = "Leave `host` out, and the builder keeps clear of it while it can; or give guests less memory.",
    };

    public static readonly DiagnosticDescriptor UnusedDevice = new("BH0222", "A device of the board is given to nobody")
    {
        Severity = Severity.Note,
        Cause = "The device could be assigned, and no guest has it. It stays unreachable for all of them, which may well be what you want.",
        Example = "devices: []          # in every guest",
        Fix = "Nothing, or give it to the guest that should drive it: devices: [rtc]",
    };

    public static readonly DiagnosticDescriptor UnusedCpu = new("BH0223", "A CPU of the board is given to nobody")
    {
        Severity = Severity.Note,
        Cause = "No guest runs on this CPU; it sleeps from boot on.",
        Example = "cpus: [0]            # in the only guest, on a board with 4 CPUs",
        Fix = "Nothing, or give it to a guest that can use more than one.",
    };

    public static readonly DiagnosticDescriptor BoardTwice = new("BH0224", "A board is named twice")
    {
        Cause = "`board` lists the boards an appliance can be built for, the usual one first; each stands there once.",
        Example = "board: [qemu-q35, qemu-q35]",
        Fix = "board: [qemu-q35, bochs]",
    };

    public static readonly DiagnosticDescriptor OtherBoard = new("BH0225", "The appliance is not for that board")
    {
        Cause = "`devices` may say for each board what a guest gets there; the boards are those that `board` names.",
        Example = "board: [qemu-virt-arm64, qemu-q35]\ndevices: {qemu-virt: [rtc]}",
        Fix = "devices: {qemu-virt-arm64: [rtc]}",
    };

    public static readonly DiagnosticDescriptor OtherArchitecture = new("BH0226", "A part of another architecture's platform")
    {
        Cause = "A guest has a GIC and a PL011 on arm64, APICs and a 16550 on x86-64. `platform` may place both, but none of the boards that "
            + "this appliance names has this one.",
        Example = "board: qemu-virt-arm64\nplatform: {uart_port: 0x2f8}",
        Fix = "platform: {uart: 0x09000000}",
    };

    public static readonly DiagnosticDescriptor UnknownGuest = new("BH0227", "There is no such guest")
    {
        Cause = "`after` names guests of this appliance: once all of them run, the guest is started.",
        Example = "guests:\n  gateway: {...}\n  app: {after: gatewy, ...}",
        Fix = "app: {after: gateway, ...}",
    };

    public static readonly DiagnosticDescriptor StartCircle = new("BH0228", "Guests wait for each other")
    {
        Cause = "A guest is started once those that it comes `after` run. In a circle nobody is the first.",
        Example = "gateway: {after: app, ...}\napp: {after: gateway, ...}",
        Fix = "Leave `after` out of one of them.",
    };

    public static readonly DiagnosticDescriptor AfterHeldGuest = new("BH0229", "A guest waits for one that does not start by itself")
    {
        Severity = Severity.Warning,
        Cause = "A guest with `autostart: false` runs once somebody starts it; whoever comes after it waits until then.",
        Example = "gateway: {autostart: false, ...}\napp: {after: gateway, ...}",
        Fix = "Nothing, if that is what you want; else give app `autostart: false` too, or start gateway with the board.",
    };

    public static readonly DiagnosticDescriptor LatePreTimeout = new("BH0230", "A watchdog that would warn before it is fed")
    {
        Cause = "`pretimeout` is how long before the guest's end its watchdog warns, so it has to be shorter than `timeout`, and than `boot` where "
            + "the watchdog runs from the start.",
        Example = "watchdog: {timeout: 10 s, pretimeout: 15 s}",
        Fix = "watchdog: {timeout: 10 s, pretimeout: 5 s}",
    };

    public static readonly DiagnosticDescriptor SecondControl = new("BH0231", "A second control guest")
    {
        Cause = "The control guest speaks to the update service, which keeps one conversation: it may list slots, bring in bundles and have them activated.",
        Example = "gateway: {role: control, ...}\napp: {role: control, ...}",
        Fix = "Leave `role` out of one of them.",
    };

    public static readonly DiagnosticDescriptor HealthWithoutWatchdog = new("BH0232", "An update that a watchdog is to confirm, and no watchdog")
    {
        Cause = "With `health: watchdog` a guest's first feeding of its watchdog says that its new version works. A guest without `watchdog` has nothing to feed.",
        Example = "gateway: {update: {health: watchdog}, ...}",
        Fix = "gateway: {update: {health: watchdog}, watchdog: {timeout: 10 s}, ...}",
    };

    public static readonly DiagnosticDescriptor OtherConsole = new("BH0233", "A console that the guest does not have")
    {
        Severity = Severity.Warning,
        Cause = "A guest's UART is a PL011 on arm64, which Linux calls ttyAMA0, and a 16550 on x86-64, ttyS0. A kernel whose command line names only the other "
            + "one runs and shows nothing.",
        Example = "board: qemu-q35\n...\ncmdline: console=ttyAMA0 quiet",
        Fix = "cmdline: console={console} quiet      # stands for ttyAMA0 or ttyS0\nNothing, if the guest has been given a UART of the other kind.",
    };

    public static readonly DiagnosticDescriptor NotAKey = new("BH0240", "Not a key that the board can verify with")
    {
        Cause = "Hypervisor, table and packages are signed by RSA keys of 3072 bits with the exponent 65537, in PEM files: private ones where this machine "
            + "signs, public ones where another does.",
        Example = "keys: {root: keys/root.txt}",
        Fix = "keys: {root: keys/root.pem}      # ./bulkhead keys new keys/root",
    };

    public static readonly DiagnosticDescriptor UnsignedProduction = new("BH0241", "An appliance for production that nobody signs")
    {
        Cause = "Without keys whoever can write the flash decides what runs. That is for development only.",
        Example = "production: true",
        Fix = "production: true\nkeys: {root: keys/root.pub.pem}",
    };

    public static readonly DiagnosticDescriptor DevelopmentKey = new("BH0242", "A development key in an appliance for production")
    {
        Cause = "`./bulkhead keys new --development` marks a key that lies about in a repository or on a desk. No appliance for production trusts one.",
        Example = "production: true\nkeys: {root: keys/development.pem}",
        Fix = "./bulkhead keys new keys/root, and keep keys/root.pem where only the signer is",
    };

    public static readonly DiagnosticDescriptor KeyWithoutRoot = new("BH0243", "A guest has a key, the appliance has none")
    {
        Cause = "The board learns a guest's key from the appliance table, which the root key signs. Unsigned it could name any key.",
        Example = "guests:\n  gateway: {key: keys/gateway.pem, ...}",
        Fix = "keys: {root: keys/root.pem}\nguests:\n  gateway: {key: keys/gateway.pem, ...}",
    };

    public static readonly DiagnosticDescriptor CrashCallInProduction = new("BH0244", "Guests of an appliance for production may crash the hypervisor")
    {
        Cause = "`crash_call: true` lets any guest end the board, for tests of what happens then.",
        Example = "production: true\ncrash_call: true",
        Fix = "production: true",
    };

    public static readonly DiagnosticDescriptor ManagedProduction = new("BH0245", "An appliance for production with an open management console")
    {
        Severity = Severity.Warning,
        Cause = "Whoever reaches the debug UART stops, starts and updates guests; nobody asks for a password.",
        Example = "production: true",
        Fix = "production: true\nmanagement: off",
    };

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        UnknownCpu, CpuTwice, MemoryOutsideRam, GuestsOverlap, ReservedMemory, NoRoom, GuestMapOverlap, OnePayload, NoSuchFile, NotAKernel,
        KernelTooBig, FlashTooSmall, UnknownDevice, DeviceTwice, DmaDevice, SharedPage, SharedInterrupt, GuestInterruptConflict, TooFewIntIds,
        BadGuestPath, InBootImage, UnusedDevice, UnusedCpu, BoardTwice, OtherBoard, OtherArchitecture,
        UnknownGuest, StartCircle, AfterHeldGuest, LatePreTimeout, HealthWithoutWatchdog, SecondControl, OtherConsole, NotAKey, UnsignedProduction, DevelopmentKey, KeyWithoutRoot,
        CrashCallInProduction, ManagedProduction,
    ];
}
