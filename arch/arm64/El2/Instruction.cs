using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.El2;

/// <summary>Instructions C# has no words for; bodies in Boot/Accessors.S.</summary>
internal static class Instruction
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SendSgi")] public static extern void SendSgi(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Isb")] public static extern void Isb();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Yield")] public static extern void Yield();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "DsbSy")] public static extern void DsbSy();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "DsbIsh")] public static extern void DsbIsh();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "DsbIshst")] public static extern void DsbIshst();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Wfi")] public static extern void Wfi();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "CleanLine")] public static extern void CleanLine(ulong virtualAddress);
    /// <summary>This CPU's TLB entries of the current guest, and its instruction cache.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ForgetTranslations")] public static extern void ForgetTranslations();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TlbiAllEl2")] public static extern void TlbiAllEl2();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TlbiVaEl2")] public static extern void TlbiVaEl2(ulong page);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TlbiIpa")] public static extern void TlbiIpa(ulong page);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TlbiVmallS12")] public static extern void TlbiVmallS12();

    /// <summary>Cleans to the point of coherency: what an entry with the MMU off will read. Bytes, virtual.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "CleanRange")] public static extern void CleanRange(ulong start, ulong bytes);

    /// <summary>The same, and no cache keeps the lines.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "CleanInvalidateRange")] public static extern void CleanInvalidateRange(ulong start, ulong bytes);

    /// <summary>Zeroes and cleans whole 64-byte units.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ZeroRange")] public static extern void ZeroRange(ulong start, ulong bytes);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SmcCall")] public static extern long SmcCall(ulong function, ulong a1, ulong a2, ulong a3);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ResetDebugRegisters")] public static extern void ResetDebugRegisters();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ResetFpState")] public static extern void ResetFpState();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TranslateGuestRead")] public static extern ulong TranslateGuestRead(ulong address);

    /// <summary>Exits of this CPU are traced from now on.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "UseTracingVectors")] public static extern void UseTracingVectors();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "IsBoardStopped")] public static extern uint IsBoardStopped();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MarkBoardStopped")] public static extern uint MarkBoardStopped();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "halt")] public static extern void Halt();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioRead8")] public static extern byte MmioRead8(ulong address);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioRead32")] public static extern uint MmioRead32(ulong address);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioRead64")] public static extern ulong MmioRead64(ulong address);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioWrite8")] public static extern void MmioWrite8(ulong address, byte value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioWrite32")] public static extern void MmioWrite32(ulong address, uint value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioWrite64")] public static extern void MmioWrite64(ulong address, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfBootL1")] public static extern ulong AddressOfBootL1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfBootL3")] public static extern ulong AddressOfBootL3();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfSecondaryEntry")] public static extern ulong AddressOfSecondaryEntry();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfCpuBlocks")] public static extern ulong AddressOfCpuBlocks();
}
