using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>Stands before the hypervisor's binary in its flash partition (4096 bytes, then the binary).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HypervisorHeader
{
    /// <summary>"BHHYPER1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3152455059484842;
    public const int StoredSize = 4096;

    public ulong Magic;
    public uint Version;
    public uint HeaderSize;
    /// <summary>Bytes of the binary.</summary>
    public ulong BinarySize;
    /// <summary>SHA-256 of the binary.</summary>
    public Digest256 Digest;
}
