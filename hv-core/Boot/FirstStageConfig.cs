using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Boot;

/// <summary>
/// What the first stage must know before it has read anything: the builder writes this block into its binary. Compiled
/// into both, and into the hypervisor.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FirstStageConfig
{
    /// <summary>From the first byte of arm64's first stage, a binary that runs in place.</summary>
    public const int Offset = 64;
    /// <summary>From the first byte of a PC's, an ELF file: its first segment's.</summary>
    public const int OffsetInElf = 4096;
    /// <summary>"BHFIRST1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3154535249464842;

    public ulong Magic;
    /// <summary>The image in flash, mapped for reading.</summary>
    public HostRange Flash;
    /// <summary>Where the hypervisor's binary is copied and started; at least 2 MiB aligned.</summary>
    public HostRange HypervisorRam;
    /// <summary>RAM for the first stage's own stack and data.</summary>
    public HostRange Scratch;
    /// <summary>Where firmware or QEMU may have left a device tree.</summary>
    public HostPhys DeviceTree;
    public HostPhys Uart;
    public ImageRange HypervisorA;
    public ImageRange HypervisorB;
    public ImageRange TableA;
    public ImageRange TableB;
    /// <summary>Who signs hypervisor and table.</summary>
    public RootDigests Roots;
    /// <summary>The two blocks of the state journal.</summary>
    public ImageRange State0;
    public ImageRange State1;
    /// <summary>What ends a trial of a hypervisor that hangs.</summary>
    public WatchdogKind Watchdog;
    private readonly uint _reserved;
}
