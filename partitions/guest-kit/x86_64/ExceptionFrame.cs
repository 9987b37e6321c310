using System.Runtime.InteropServices;

namespace Bulkhead.Guests;

/// <summary>What Frame.h saves before C# runs; what a handler changes here is restored.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExceptionFrame
{
    public ulong R11, R10, R9, R8, Rdi, Rsi, Rdx, Rcx, Rax;
    public ulong Vector;
    public ulong ErrorCode;
    public ulong Rip;
    public ulong Cs;
    public ulong Rflags;
    public ulong Rsp;
    public ulong Ss;
}
