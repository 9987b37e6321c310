using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;

namespace Bulkhead.X86.Guest;

/// <summary>
/// One vCPU, pinned to one CPU. It stands at the top of that CPU's stack, where an exit finds RSP; what Boot/Svm.S and
/// Vmx.S know of it comes first (Boot/Layout.h). Only its own CPU touches it, but for what VcpuCore says and the
/// local APIC's inbox.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
internal struct Vcpu
{
    [FieldOffset(0x000)] public GuestRegisters Registers;
    /// <summary>XMM0 and XMM8, the only SIMD registers that C# here uses; the rest of the guest's FPU state never leaves the CPU.</summary>
    [FieldOffset(0x0a0)] private ulong _xmm0;
    [FieldOffset(0x0b0)] private ulong _xmm8;
    /// <summary>SVM: the guest's control block, and what VMSAVE kept of the host.</summary>
    [FieldOffset(0x0c0)] public HostPhys VmcbPhysical;
    [FieldOffset(0x0c8)] public HostPhys HostVmcb;
    [FieldOffset(0x0d0)] public ulong VmcbAddress;
    /// <summary>VMX: not 0 once VMLAUNCH was done, so that VMRESUME follows.</summary>
    [FieldOffset(0x0d8)] public byte Launched;
    /// <summary>Virtual address of its local APIC, in the Partition.</summary>
    [FieldOffset(0x0e0)] public ulong ApicAddress;
    /// <summary>The vector left to the CPU to deliver and not yet accepted; 0 for none.</summary>
    [FieldOffset(0x0e8)] public uint Presented;
    /// <summary>Not 0: an NMI waits to be injected.</summary>
    [FieldOffset(0x0ec)] public uint NmiPending;
    /// <summary>Virtual address of the guest's Partition, so that an exit needs no lookup; 0 when there is none.</summary>
    [FieldOffset(0x0f0)] public ulong PartitionAddress;
    /// <summary>VMX: the processor controls as the VMCS has them, whose window bits change.</summary>
    [FieldOffset(0x0f8)] public ProcessorControls ProcessorControls;
    /// <summary>VMX: the pin controls as the VMCS has them.</summary>
    [FieldOffset(0x0fc)] public PinControls PinControls;
    /// <summary>Virtual address of the newest entry of this CPU's exit ring; 0 where exits are not traced.</summary>
    [FieldOffset(0x100)] public ulong Trace;
    /// <summary>VMX: the TPR threshold as the VMCS has it.</summary>
    [FieldOffset(0x108)] public uint TprThreshold;
    [FieldOffset(0x110)] public VmxGuestState VmxState;
    [FieldOffset(0x140)] public VcpuCore Core;
    /// <summary>How Core.EntryArgument is meant.</summary>
    [FieldOffset(0x180)] public StartKind StartKind;
    /// <summary>SVM: the page VMRUN keeps the host's state in.</summary>
    [FieldOffset(0x188)] public HostPhys HostSave;
    /// <summary>VMX: the VMCS and the VMXON region.</summary>
    [FieldOffset(0x190)] public HostPhys Vmcs;
    [FieldOffset(0x198)] public HostPhys VmxRegion;
    /// <summary>Virtual address of its VcpuPolicy.</summary>
    [FieldOffset(0x1a0)] public ulong PolicyAddress;
    /// <summary>What the CPU's timer is set to, in TSC counts; 0 when it is off or has come.</summary>
    [FieldOffset(0x1b0)] public ulong ArmedDeadline;
    /// <summary>SVM: whether the guest is in its NMI handler, which the CPU does not know.</summary>
    [FieldOffset(0x1b8)] public NmiBlocking NmiBlocking;
    /// <summary>SVM: the guest's DR6 while the handler's IRET is stepped over.</summary>
    [FieldOffset(0x1c0)] public ulong SteppedDr6;
    [FieldOffset(0x200)] public Emulation Emulation;
    /// <summary>An XSAVE area without contents, 576 bytes on a 64-byte boundary.</summary>
    [FieldOffset(0xd00)] public byte InitialState;

    /// <summary>Not 0: something was presented, or an NMI waits.</summary>
    public readonly ulong Owed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<uint, ulong>(ref Unsafe.AsRef(in Presented));
    }

    public readonly unsafe ref Vmcb Vmcb
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<Vmcb>((void*)VmcbAddress);
    }

    public readonly unsafe ref VcpuPolicy Policy
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<VcpuPolicy>((void*)PolicyAddress);
    }

    public readonly unsafe ref VirtualLocalApic Apic
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<VirtualLocalApic>((void*)ApicAddress);
    }

    public readonly unsafe ref Partition Partition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<Partition>((void*)PartitionAddress);
    }
}
