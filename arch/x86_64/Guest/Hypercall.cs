using System.Runtime.CompilerServices;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>VMMCALL and VMCALL (docs/abi.md): function in RAX, arguments in RDI and RSI, the result replaces RAX.</summary>
internal static class Hypercall
{
    private const uint Version = 0xc600_0010, Features = 0xc600_0011, Identity = 0xc600_0012, ConsoleWriteCall = 0xc600_0013;
    private const ulong OwnVersion = 1, OwnFeatures = 1;
    private const ulong NotSupported = ulong.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Handle(ref Vcpu vcpu, uint function) =>
        function - Version <= ConsoleWriteCall - Version ? HandleOwn(ref vcpu, function) : NotSupported;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong HandleOwn(ref Vcpu vcpu, uint function)
    {
        switch (function)
        {
            case Version:
                return OwnVersion;
            case Features:
                return OwnFeatures;
            case Identity:
                return (ulong)vcpu.Core.Guest + 1;
            default:
                return ConsoleWrite.Handle(ref vcpu);
        }
    }
}
