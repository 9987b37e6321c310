using System.Runtime.CompilerServices;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>VMMCALL and VMCALL (docs/abi.md): function in RAX, arguments in RDI and RSI, the result replaces RAX.</summary>
internal static class Hypercall
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Handle(ref Vcpu vcpu, uint function) => function - HypervisorCall.Version <= HypervisorCall.Last - HypervisorCall.Version
        ? HypervisorCall.Handle(ref vcpu.Core, function, vcpu.Registers[GuestRegisters.Rdi], vcpu.Registers[GuestRegisters.Rsi])
        : HypervisorCall.NotSupported;
}
