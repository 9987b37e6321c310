using System.Runtime.CompilerServices;
#if ARM64
using System.Runtime.Intrinsics.Arm;
#elif X64
using System.Runtime.Intrinsics.X86;
#endif

namespace System.Threading;

/// <summary>There are no threads; only what a CPU says while it waits for another.</summary>
public static class Thread
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpinWait(int iterations)
    {
        for (int i = 0; i < iterations; i++)
#if ARM64
            ArmBase.Yield();
#elif X64
            X86Base.Pause();
#endif
    }
}
