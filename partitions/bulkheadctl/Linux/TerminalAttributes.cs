using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>The kernel's struct termios (asm-generic/termbits.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalAttributes
{
    private const uint Baud115200 = 0x1002, EightBits = 0x30, Receives = 0x80, NoModem = 0x800;
    private const int MinimumOfRead = 6;

    public uint Input;
    public uint Output;
    public uint Control;
    public uint Local;
    public byte Discipline;
    public Characters Special;

    [InlineArray(19)]
    public struct Characters
    {
        private byte _first;
    }

    /// <summary>Bytes as they are: no echo, no lines, no signals; a read waits for one.</summary>
    public static TerminalAttributes Raw()
    {
        TerminalAttributes raw = default;
        raw.Control = NoModem | Receives | EightBits | Baud115200;
        raw.Special[MinimumOfRead] = 1;
        return raw;
    }
}
