using System;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>A vCPU and its machine, for the emulation of one instruction.</summary>
internal readonly unsafe struct GuestCpu(ref Vcpu vcpu) : IGuestCpu
{
    private readonly ulong _vcpu = (ulong)Unsafe.AsPointer(ref vcpu);

    private ref Vcpu Vcpu => ref Unsafe.AsRef<Vcpu>((void*)_vcpu);

    public ulong Cr0 => VcpuState.WalkCr0(ref Vcpu);
    public ulong Cr3 => VcpuState.WalkCr3(ref Vcpu);
    public ulong Cr4 => VcpuState.WalkCr4(ref Vcpu);
    public ulong Efer => VcpuState.WalkEfer(ref Vcpu);
    public CpuMode Mode => VcpuState.Mode(ref Vcpu);
    public uint Cpl => VcpuState.Cpl(ref Vcpu);

    public ulong SegmentBase(Segment segment) => VcpuState.SegmentBase(ref Vcpu, segment);

    public Span<byte> Ram(GuestPhys address, int bytes) =>
        Vcpu.Partition.Core.TryTranslate(address, (ulong)(uint)bytes, out HostPhys host) ? X86.Open(host, bytes) : default;

    public ulong ReadDevice(GuestPhys address, uint bytes) => GuestDevices.Read(ref Vcpu, address, bytes);

    public void WriteDevice(GuestPhys address, uint bytes, ulong value) => GuestDevices.Write(ref Vcpu, address, bytes, value);

    public uint ReadPort(ushort port, uint bytes) => PortExit.Read(ref Vcpu, port, bytes);

    public void WritePort(ushort port, uint bytes, uint value) => PortExit.Write(ref Vcpu, port, bytes, value);
}
