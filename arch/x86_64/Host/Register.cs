using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Host;

/// <summary>The CPU's own registers; bodies in Boot/Accessors.S.</summary>
internal static class Register
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CR0")] public static extern ulong ReadCr0();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CR0")] public static extern void WriteCr0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CR2")] public static extern ulong ReadCr2();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CR2")] public static extern void WriteCr2(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CR3")] public static extern ulong ReadCr3();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CR3")] public static extern void WriteCr3(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CR4")] public static extern ulong ReadCr4();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CR4")] public static extern void WriteCr4(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_DR6")] public static extern ulong ReadDr6();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_DR6")] public static extern void WriteDr6(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadMsr")] public static extern ulong ReadMsr(uint msr);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteMsr")] public static extern void WriteMsr(uint msr, ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteMsrAfter")] public static extern void WriteMsrAfter(uint msr, ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadTsc")] public static extern ulong ReadTsc();
}
