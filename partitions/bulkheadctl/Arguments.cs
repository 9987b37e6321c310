using System;

namespace Bulkhead.ControlTool;

/// <summary>The words of the command line, options taken out.</summary>
internal unsafe ref struct Arguments
{
    private readonly byte** _words;
    private readonly int _count;
    private int _next;

    /// <summary>A path, and a zero behind it; empty without `--device`.</summary>
    public ReadOnlySpan<byte> Device;
    public bool Activate;
    public bool Uart;

    /// <summary>The kernel's: how many words, then where each is, the program's name first.</summary>
    public Arguments(ulong* stack)
    {
        _count = (int)stack[0];
        _words = (byte**)(stack + 1);
        _next = 1;
    }

    /// <summary>The next word that is no option, empty when there is none; false for an option that is none of ours.</summary>
    public bool TryNext(out ReadOnlySpan<byte> word)
    {
        word = default;
        while (_next < _count)
        {
            ReadOnlySpan<byte> here = TextOf(_words[_next++]);
            if (here.SequenceEqual("--activate"u8))
                Activate = true;
            else if (here.SequenceEqual("--uart"u8))
                Uart = true;
            else if (here.SequenceEqual("--device"u8) && _next < _count)
                Device = TextOf(_words[_next++]);
            else if (here.Length > 1 && here[0] == (byte)'-')
                return false;
            else
            {
                word = here;
                return true;
            }
        }
        return true;
    }

    /// <summary>Without the zero, which is behind it.</summary>
    private static ReadOnlySpan<byte> TextOf(byte* text)
    {
        int length = 0;
        while (text[length] != 0)
            length++;
        return new(text, length);
    }
}
