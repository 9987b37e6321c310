using Bulkhead.Memory;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;
using Bulkhead.X86.Memory;

namespace Bulkhead.X86.Vmx;

/// <summary>What of a VMCS never changes: controls, maps, the host's state. On the vCPU's own CPU, its VMCS current.</summary>
internal static class VmcsSetup
{
    // One vCPU to a CPU: one value serves all; 0 is the host's.
    private const ulong Vpid = 1;
    private const uint MsrEfer = 0xc000_0080, MsrPat = 0x277;

    public static unsafe void Run(ref Vcpu vcpu, HostPhys msrBitmap)
    {
        vcpu.PinControls = VmxControls.Pin;
        vcpu.ProcessorControls = VmxControls.Processor;
        Vmcs.Write(VmcsField.PinControls, (uint)VmxControls.Pin);
        Vmcs.Write(VmcsField.ProcessorControls, (uint)VmxControls.Processor);
        Vmcs.Write(VmcsField.SecondaryControls, (uint)VmxControls.Secondary);
        Vmcs.Write(VmcsField.ExitControls, (uint)VmxControls.Exit);
        Vmcs.Write(VmcsField.ExceptionBitmap, ExceptionVector.Exiting);
        Vmcs.Write(VmcsField.PageFaultErrorMask, 0);
        Vmcs.Write(VmcsField.PageFaultErrorMatch, 0);
        Vmcs.Write(VmcsField.Cr3TargetCount, 0);
        Vmcs.Write(VmcsField.ExitMsrStoreCount, 0);
        Vmcs.Write(VmcsField.ExitMsrLoadCount, 0);
        Vmcs.Write(VmcsField.EntryMsrLoadCount, 0);
        Vmcs.Write(VmcsField.IoBitmapA, vcpu.Partition.IoMap.Value);
        Vmcs.Write(VmcsField.IoBitmapB, vcpu.Partition.IoMap.Value + PagePool.PageSize);
        Vmcs.Write(VmcsField.MsrBitmap, msrBitmap.Value);
        Vmcs.Write(VmcsField.EptPointer, new Eptp(vcpu.Partition.Tables).Value);
        Vmcs.Write(VmcsField.VirtualProcessorId, Vpid);
        Vmcs.Write(VmcsField.VirtualApicAddress, HypervisorLayout.ToPhysical(vcpu.ApicAddress).Value);
        Vmcs.Write(VmcsField.VmcsLinkPointer, ulong.MaxValue);
        Vmcs.Write(VmcsField.Cr0Mask, ControlRegisters.Cr0Owned);
        Vmcs.Write(VmcsField.Cr4Mask, ControlRegisters.Cr4Owned);
        Host(ref vcpu);
    }

    private static unsafe void Host(ref Vcpu vcpu)
    {
        ref CpuTables tables = ref CpuBlocks.Tables(vcpu.Core.Cpu);
        Vmcs.Write(VmcsField.HostCr0, Register.ReadCr0());
        Vmcs.Write(VmcsField.HostCr3, Register.ReadCr3());
        Vmcs.Write(VmcsField.HostCr4, Register.ReadCr4());
        Vmcs.Write(VmcsField.HostCsSelector, HypervisorLayout.CodeSelector);
        Vmcs.Write(VmcsField.HostSsSelector, HypervisorLayout.DataSelector);
        Vmcs.Write(VmcsField.HostDsSelector, 0);
        Vmcs.Write(VmcsField.HostEsSelector, 0);
        Vmcs.Write(VmcsField.HostFsSelector, 0);
        Vmcs.Write(VmcsField.HostGsSelector, 0);
        Vmcs.Write(VmcsField.HostTrSelector, HypervisorLayout.TssSelector);
        Vmcs.Write(VmcsField.HostFsBase, 0);
        Vmcs.Write(VmcsField.HostGsBase, 0);
        Vmcs.Write(VmcsField.HostTrBase, AddressOf(ref tables.Tss));
        Vmcs.Write(VmcsField.HostGdtrBase, AddressOf(ref tables));
        Vmcs.Write(VmcsField.HostIdtrBase, InterruptTable.Pointer.Base);
        Vmcs.Write(VmcsField.HostSysenterCs, 0);
        Vmcs.Write(VmcsField.HostSysenterEsp, 0);
        Vmcs.Write(VmcsField.HostSysenterEip, 0);
        Vmcs.Write(VmcsField.HostEfer, Register.ReadMsr(MsrEfer));
        Vmcs.Write(VmcsField.HostPat, Register.ReadMsr(MsrPat));
        Vmcs.Write(VmcsField.HostRsp, AddressOf(ref vcpu));
        Vmcs.Write(VmcsField.HostRip, Recorder.IsTracing ? Vmcs.TracedExitPoint() : Vmcs.ExitPoint());
    }

    private static unsafe ulong AddressOf<T>(ref T value) where T : unmanaged =>
        (ulong)System.Runtime.CompilerServices.Unsafe.AsPointer(ref value);
}
