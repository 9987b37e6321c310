using System;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>
/// The vCPU whose instruction is emulated, as it was at the exit, and what it can reach. The control registers are the
/// guest's own; VMCB and VMCS have each of them under these names.
/// </summary>
public interface IGuestCpu
{
    ulong Cr0 { get; }
    ulong Cr3 { get; }
    ulong Cr4 { get; }
    ulong Efer { get; }

    /// <summary>Of the code segment that RIP is in.</summary>
    CpuMode Mode { get; }

    /// <summary>0 to 3.</summary>
    uint Cpl { get; }

    /// <summary>The hidden base. In 64-bit mode it is asked for FS and GS only.</summary>
    ulong SegmentBase(Segment segment);

    /// <summary>
    /// The hypervisor's view of the guest's own RAM; empty unless all the bytes are RAM. The guest's other vCPUs write
    /// there at the same time: it is read by Volatile, once.
    /// </summary>
    Span<byte> Ram(GuestPhys address, int bytes);

    /// <summary>One access to what is not RAM, inside one page; only the lowest bytes of the result count.</summary>
    ulong ReadDevice(GuestPhys address, uint bytes);

    void WriteDevice(GuestPhys address, uint bytes, ulong value);

    /// <summary>One access of 1, 2 or 4 bytes; only the lowest bytes of the result count.</summary>
    uint ReadPort(ushort port, uint bytes);

    void WritePort(ushort port, uint bytes, uint value);
}
