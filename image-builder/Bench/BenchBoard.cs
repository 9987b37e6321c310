namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What a measurement must know of the board that it runs on.</summary>
/// <param name="Name">The board's.</param>
/// <param name="Enter">The routine that gives a CPU to a guest for the first time.</param>
/// <param name="Kernel">Debian's kernel package.</param>
/// <param name="Console">What Linux calls the virtual UART.</param>
/// <param name="Restarting">The probe's scenario that ends its guest at once.</param>
/// <param name="Crash">How the probe crashes its guest.</param>
/// <param name="Boots">The boots of a Debian guest that are counted.</param>
public sealed record BenchBoard(string Name, string Enter, string Kernel, string Console, string Restarting, ProbeCrash Crash, params BootAim[] Boots)
{
    public static readonly BenchBoard Arm64 = new("qemu-virt-arm64", "EnterGuest", "linux-image-cloud-arm64", "ttyAMA0", "again", new("crash", "JumpTo", "fetches where nothing is"),
        // Counted by a plugin of QEMU 10.0.2, same kernel.
        new BootAim("loglevel=7", 6_000_000, null, "Xen null 26,500,000"));

    // KVM of Debian 6.1, 109 nested page faults among it; Xen 4.20 with the null scheduler reads port 42h 100,006 times.
    public static readonly BenchBoard Pc = new("qemu-q35", "EnterSvm", "linux-image-cloud-amd64", "ttyS0", "triple", new("triple", "Probe_FaultWithoutTable", "faults three times"),
        new BootAim("quiet", 2_000_000, 2_000, "KVM 76,900,000 in 4,030 exits, Xen null 126,800,000 in 102,021 (6,600,000 without its reads of the PIT)"),
        new BootAim("loglevel=7", 8_000_000, null, null));
}
