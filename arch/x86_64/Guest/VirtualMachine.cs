using System;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Host;
using Bulkhead.X86.Memory;
using Bulkhead.X86.Policy;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;

namespace Bulkhead.X86.Guest;

/// <summary>The board's virtualisation extension: found, switched on for each CPU, entered.</summary>
internal static class VirtualMachine
{
    private const ulong SvmMsrMapPages = 2, VmxMsrMapPages = 1;

    // Of guests without ports of their own: every port exits.
    private static HostPhys _ioMap, _msrMap;

    public static VirtualizationKind Kind { get; private set; }

    /// <summary>On the boot CPU, once. Without an extension that can be used the board stops.</summary>
    public static void Find()
    {
        Kind = SvmCpu.IsPresent ? VirtualizationKind.Svm : VmxCpu.IsPresent ? VirtualizationKind.Vmx : VirtualizationKind.None;
        if (Kind == VirtualizationKind.None)
            HypervisorLog.Refuse("this CPU has neither AMD-V nor VT-x, or they are switched off in the firmware's setup"u8);
        ReadOnlySpan<byte> refusal = Kind == VirtualizationKind.Svm ? SvmCpu.Refusal : VmxCpu.Refusal;
        if (refusal.Length != 0)
            HypervisorLog.Refuse(refusal);
        _ioMap = NewIoMap(default);
        if (Kind == VirtualizationKind.Vmx)
            MsrMap.FillVmx(Take(VmxMsrMapPages, out _msrMap));
        else
            MsrMap.FillSvm(Take(SvmMsrMapPages, out _msrMap));
    }

    /// <summary>Which ports of a guest exit.</summary>
    public static HostPhys IoMapOf(in X86Platform platform) => platform.PortRangeCount == 0 ? _ioMap : NewIoMap(in platform);

    private static HostPhys NewIoMap(in X86Platform platform)
    {
        IoMap.Fill(Take(IoMap.Pages, out HostPhys map), in platform);
        return map;
    }

    public static FourLevelFormat TableFormat() => Kind == VirtualizationKind.Svm
        ? FourLevelFormat.Npt(CpuFeatures.Paging)
        : FourLevelFormat.Ept(CpuFeatures.Paging, VmxCpu.Ept);

    /// <summary>Pages that a CPU's extension wants for itself, on the boot CPU.</summary>
    public static void PrepareCpu(ref Vcpu vcpu)
    {
        if (Kind == VirtualizationKind.Vmx)
        {
            vcpu.VmxRegion = VmxCpu.NewRegion();
            return;
        }
        Take(1, out vcpu.HostSave);
        Take(1, out vcpu.HostVmcb);
    }

    /// <summary>A vCPU's control block, on the boot CPU.</summary>
    public static void Prepare(ref Vcpu vcpu, ref Partition partition)
    {
        if (Kind == VirtualizationKind.Vmx)
        {
            vcpu.Vmcs = VmxCpu.NewRegion();
            return;
        }
        vcpu.VmcbAddress = Pool.Take(1);
        vcpu.VmcbPhysical = HypervisorLayout.ToPhysical(vcpu.VmcbAddress);
        VmcbSetup.Run(ref vcpu.Vmcb, partition.Tables, partition.IoMap, _msrMap);
    }

    /// <summary>On each CPU, on its own tables, before it waits for its first interrupt.</summary>
    public static void Enable(ref Vcpu vcpu)
    {
        ExtendedState.Enable();
        if (Kind == VirtualizationKind.Svm)
        {
            SvmCpu.Enable(vcpu.HostSave, vcpu.HostVmcb);
            return;
        }
        VmxCpu.Enable(ref vcpu);
        if (vcpu.Core.Guest >= 0)
            VmcsSetup.Run(ref vcpu, _msrMap);
    }

    /// <summary>Gives the CPU to the guest. Does not return.</summary>
    public static void Enter(ref Vcpu vcpu)
    {
        if (Kind == VirtualizationKind.Svm)
            SvmCpu.Enter(ref vcpu);
        else
            Vmcs.Enter(ref vcpu);
    }

    private static unsafe Span<byte> Take(ulong pages, out HostPhys physical)
    {
        ulong start = Pool.Take(pages);
        physical = HypervisorLayout.ToPhysical(start);
        return new Span<byte>((void*)start, (int)(pages * PagePool.PageSize));
    }
}
