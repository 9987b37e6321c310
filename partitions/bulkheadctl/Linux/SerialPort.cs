using System;

namespace Bulkhead.ControlTool;

/// <summary>The control guest's second UART, raw.</summary>
internal struct SerialPort : ISerialPort
{
    private int _file;

    /// <param name="path">A zero is its last byte, or the one behind it.</param>
    public bool TryOpen(ReadOnlySpan<byte> path)
    {
        int file = Linux.Open(path, Linux.ReadWrite | Linux.NoControllingTerminal);
        if (file < 0)
            return false;
        // Neither a file nor a port that the kernel found no UART behind is a terminal.
        if (Linux.IsTerminal(file) && Linux.TryLock(file) && Linux.SetTerminal(file, TerminalAttributes.Raw()))
        {
            _file = file;
            return true;
        }
        Linux.Close(file);
        return false;
    }

    public readonly bool Send(ReadOnlySpan<byte> bytes) => Linux.Write(_file, bytes);

    public readonly int Receive(Span<byte> room, int milliseconds)
    {
        if (!Linux.WaitToRead(_file, milliseconds))
            return 0;
        int count = Linux.Read(_file, room);
        return count > 0 ? count : -1;
    }
}
