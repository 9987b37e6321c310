using System.Runtime.InteropServices;

namespace Bulkhead.X86.Host;

/// <summary>What own_exception and the CPU push (Boot/Vectors.S; SDM 3 6.14.2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExceptionFrame
{
    public ulong Rax, Rbx, Rcx, Rdx, Rsi, Rdi, Rbp, R8, R9, R10, R11, R12, R13, R14, R15;
    public ulong Vector, ErrorCode;
    public ulong Rip, Cs, Rflags, Rsp, Ss;
}
