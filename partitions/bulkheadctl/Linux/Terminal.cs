using System;

namespace Bulkhead.ControlTool;

/// <summary>Answers to standard output; progress to standard error, on one line where that is a terminal and else ten times.</summary>
internal struct Terminal : IOutput
{
    private static ulong _told;
    private static bool _isOpen;

    public readonly void Line(ReadOnlySpan<byte> line)
    {
        CommandText text = default;
        text.Add(line);
        text.Add((byte)'\n');
        Linux.Write(Linux.StandardOutput, CommandText.Of(in text));
    }

    public readonly void Progress(ReadOnlySpan<byte> what, ulong done, ulong all)
    {
        bool isTerminal = Linux.IsTerminal(Linux.StandardError);
        ulong percent = done * 100 / Math.Max(all, 1);
        if (percent == _told || !isTerminal && percent / 10 == _told / 10)
            return;
        _told = percent == 100 ? 0 : percent;
        CommandText text = default;
        if (isTerminal)
            text.Add((byte)'\r');
        text.Add(what);
        text.Add((byte)' ');
        text.AddDecimal(done);
        text.Add(" of "u8);
        text.AddDecimal(all);
        text.Add(" bytes, "u8);
        text.AddDecimal(percent);
        text.Add((byte)'%');
        _isOpen = isTerminal && percent < 100;
        if (!_isOpen)
            text.Add((byte)'\n');
        Linux.Write(Linux.StandardError, CommandText.Of(in text));
    }

    /// <summary>Something that went wrong.</summary>
    public static void Complain(ReadOnlySpan<byte> what, ReadOnlySpan<byte> detail)
    {
        CommandText text = default;
        if (_isOpen)
            text.Add((byte)'\n');
        text.Add("bulkheadctl: "u8);
        text.Add(what);
        text.Add(detail);
        text.Add((byte)'\n');
        Linux.Write(Linux.StandardError, CommandText.Of(in text));
    }
}
