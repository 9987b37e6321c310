using System.Globalization;
using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// A console's bytes as characters and control sequences. Bytes may come in any pieces. What is neither text nor a
/// short control sequence is left out: nothing that a guest says may make the user's terminal do something.
/// </summary>
public sealed class TerminalParser
{
    private const int Escape = 0x1b, Bell = 7, Longest = 64;
    private static readonly Rune Unknown = Rune.ReplacementChar;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    // The open sequence, ESC included.
    private readonly StringBuilder _sequence = new();

    public List<TerminalInput> Parse(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[_decoder.GetCharCount(bytes, false)];
        _decoder.GetChars(bytes, characters, false);
        List<TerminalInput> inputs = [];
        foreach (Rune rune in characters.AsSpan().EnumerateRunes())
        {
            if (Next(rune) is { } input)
                inputs.Add(input);
        }
        return inputs;
    }

    private TerminalInput? Next(Rune value)
    {
        if (value.Value == Escape || _sequence.Length != 0)
            return Sequence(value);
        if (value.Value is '\n' or '\r' or '\b' or '\t')
            return new TerminalInput(false, value, "");
        return Rune.IsControl(value) ? null : new TerminalInput(false, TakesOneColumn(value) ? value : Unknown, "");
    }

    private TerminalInput? Sequence(Rune value)
    {
        // ESC ends a string (with the backslash behind it), and breaks off anything else to begin anew.
        if (value.Value == Escape && !IsString)
            _sequence.Clear();
        _sequence.Append(value.ToString());
        if (_sequence.Length < Longest && IsOpen(value.Value))
            return null;
        string whole = _sequence.ToString();
        _sequence.Clear();
        bool command = whole.Length is >= 3 and < Longest && whole[1] == '[' && whole[2..^1].All(letter => char.IsAsciiDigit(letter) || letter is ';' or ':');
        return command && value.Value is >= '@' and <= '~' ? new TerminalInput(true, value, whole[2..^1]) : null;
    }

    // ECMA-48: 5.6 the strings (DCS SOS OSC PM APC), 5.4 control sequences, 5.3 and ECMA-35 the rest.
    private bool IsString => _sequence.Length >= 2 && _sequence[1] is 'P' or 'X' or ']' or '^' or '_';

    private bool IsOpen(int last)
    {
        if (_sequence.Length == 1)
            return true;
        if (IsString)
            return last != Bell && !(last == '\\' && _sequence[^2] == Escape);
        return _sequence[1] == '[' ? _sequence.Length == 2 || last is >= ' ' and <= '?' : last is >= ' ' and <= '/';
    }

    /// <summary>
    /// Whether a terminal surely moves on by at least one column for it. Rows are counted by characters; one that takes
    /// none would make the count wrong, and one that turns the direction of writing would show a line as another's.
    /// </summary>
    private static bool TakesOneColumn(Rune value) => Rune.GetUnicodeCategory(value) is not
            (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        // Hangul vowels and finals join the syllable before them (Unicode 3.12).
        && value.Value is not (>= 0x1160 and <= 0x11ff) and not (>= 0xd7b0 and <= 0xd7ff);
}
