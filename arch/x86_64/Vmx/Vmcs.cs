using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Vmx;

/// <summary>VMX instructions on the VMCS that is current on this CPU; bodies in Boot/Vmx.S.</summary>
internal static unsafe class Vmcs
{
    /// <summary>A field that the CPU lacks is a bug here: it reads as whatever RAX held.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmRead")] public static extern ulong Read(VmcsField field);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmWrite")] public static extern void Write(VmcsField field, ulong value);
    /// <summary>Behind the instruction that the exit came from, with all that its end brings.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxStepOver")] public static extern void StepOver(ref Vcpu vcpu);
    /// <summary>RSP, RIP, RFLAGS and <see cref="VmxGuestState"/> into the vCPU.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxLoadState")] public static extern void LoadState(ref Vcpu vcpu);
    /// <summary>RSP, RIP and RFLAGS out of the vCPU.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxStoreState")] public static extern void StoreState(ref Vcpu vcpu);
    /// <summary>Whether the guest takes an event now: <see cref="VmxInterrupts"/> has the bits.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxReadiness")] public static extern ulong Readiness();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterVmx")] public static extern void Enter(ref Vcpu vcpu);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxOn")] public static extern uint On(HostPhys* region);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmClear")] public static extern uint Clear(HostPhys* vmcs);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmLoad")] public static extern uint Load(HostPhys* vmcs);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "InveptAll")] public static extern void InvalidateEpt();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "InvvpidAll")] public static extern void InvalidateVpid();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "VmxHandleNmi")] public static extern void HandleNmi();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfVmxExitPointTraced")] public static extern ulong TracedExitPoint();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfVmxExitPoint")] public static extern ulong ExitPoint();
}
