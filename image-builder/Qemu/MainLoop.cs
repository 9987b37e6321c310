using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// QEMU's main loop, which takes the bytes from standard input. A CPU that waits for a write to the flash's file may take
/// the word meant for it that the UART has room again (seen with 7.2): then it sleeps until something else wakes it, and
/// a board without timers has nothing. SIGALRM does: the loop takes it by signalfd, and QEMU has no use for it.
/// </summary>
internal static partial class MainLoop
{
    // Linux, asm-generic/signal.h.
    private const int SIGALRM = 14;

    /// <summary>Only once the board has said something: before it is ready QEMU would die of it.</summary>
    public static void Wake(Process emulator)
    {
        if (!emulator.HasExited)
            _ = kill(emulator.Id, SIGALRM);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
