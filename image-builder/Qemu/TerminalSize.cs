using System.Runtime.InteropServices;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>How wide the terminal on standard output is. Not Console.WindowWidth: that takes the terminal over (<see cref="Keyboard"/>).</summary>
internal static partial class TerminalSize
{
    private const int StandardOutput = 1, Usual = 80;
    // Linux, asm-generic/ioctls.h.
    private const ulong TIOCGWINSZ = 0x5413;

    public static int Columns => ioctl(StandardOutput, TIOCGWINSZ, out WinSize size) == 0 && size.Columns != 0 ? size.Columns : Usual;

    [StructLayout(LayoutKind.Sequential)]
    private struct WinSize
    {
        public ushort Rows, Columns, PixelsWide, PixelsHigh;
    }

    [LibraryImport("libc")]
    private static partial int ioctl(int descriptor, ulong request, out WinSize size);
}
