using System;

namespace Bulkhead.Update;

/// <summary>The words of a command: one space between two, none before the first or behind the last.</summary>
public ref struct LineWords(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;
    private bool _isOver;

    /// <summary>Whether all words were taken.</summary>
    public readonly bool IsOver => _isOver;

    /// <summary>The next word; empty when there is none, or two spaces stand together.</summary>
    public ReadOnlySpan<byte> Next()
    {
        int end = 0;
        while (end < _rest.Length && _rest[end] != (byte)' ')
            end++;
        ReadOnlySpan<byte> word = _rest.Slice(0, end);
        _isOver = end == _rest.Length;
        _rest = _isOver ? default : _rest.Slice(end + 1);
        return word;
    }

    /// <summary>Decimal digits, of at most 18 places.</summary>
    public bool TryNumber(out ulong value)
    {
        value = 0;
        if (_isOver)
            return false;
        ReadOnlySpan<byte> word = Next();
        if (word.Length is 0 or > 18)
            return false;
        for (int i = 0; i < word.Length; i++)
        {
            uint digit = (uint)word[i] - '0';
            if (digit > 9)
                return false;
            value = value * 10 + digit;
        }
        return true;
    }
}
