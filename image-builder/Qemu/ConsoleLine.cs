using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// The line that a console has begun and not ended, as a terminal of one line would hold it: a guest's shell may move and
/// edit in it, and can reach nothing else.
/// </summary>
internal sealed class ConsoleLine
{
    /// <summary>A guest that never ends its line gets it ended here.</summary>
    public const int Longest = 4096;
    private const int TabStop = 8, LongestStyle = 64;
    private const string Plain = "\e[0m";

    private readonly List<Cell> _cells = [];
    private string _style = "";

    private readonly record struct Cell(Rune Character, string Style);

    public int Length => _cells.Count;

    public int Cursor { get; private set; }

    /// <summary>Whether it holds something that <see cref="ConsoleView"/> has not drawn.</summary>
    public bool IsChanged { get; set; }

    public void Apply(TerminalInput input)
    {
        IsChanged = true;
        if (input.IsCommand)
            Command((char)input.Value.Value, input);
        else if (input.Is('\r'))
            Cursor = 0;
        else if (input.Is('\b'))
            MoveTo(Cursor - 1);
        else if (!input.Is('\t'))
            Write(input.Value);
        else
        {
            do
                Write(new Rune(' '));
            while (Cursor % TabStop != 0);
        }
    }

    public void Clear()
    {
        _cells.Clear();
        Cursor = 0;
    }

    /// <summary>Rows of at most so many characters, with styles or without.</summary>
    public string Draw(int rowLength, string rowBreak, bool styled)
    {
        StringBuilder text = new();
        string style = "";
        for (int i = 0; i < _cells.Count; i++)
        {
            if (i != 0 && i % rowLength == 0)
            {
                text.Append(style.Length == 0 ? "" : Plain).Append(rowBreak);
                style = "";
            }
            if (styled && _cells[i].Style != style)
            {
                text.Append(Plain).Append(_cells[i].Style);
                style = _cells[i].Style;
            }
            text.Append(_cells[i].Character.ToString());
        }
        return text.Append(style.Length == 0 ? "" : Plain).ToString();
    }

    // ECMA-48 8.3: what line editors use within a line. The rest would leave the line, or make the terminal answer.
    private void Command(char name, TerminalInput input)
    {
        int count = Math.Clamp(input.Count(1), 1, Longest);
        switch (name)
        {
            case 'm': // SGR
                string style = input.Parameters is "" or "0" ? "" : $"{_style}\e[{input.Parameters}m";
                _style = style.Length <= LongestStyle ? style : $"\e[{input.Parameters}m";
                break;
            case 'C': // CUF
                MoveTo(Cursor + count);
                break;
            case 'D': // CUB
                MoveTo(Cursor - count);
                break;
            case 'G': // CHA
                MoveTo(count - 1);
                break;
            case 'H': // CUP: the screen is this line
                MoveTo(0);
                break;
            case 'K' or 'J': // EL, ED
                Erase(input.Count(0));
                break;
            case 'P': // DCH
                _cells.RemoveRange(Cursor, Math.Min(count, Length - Cursor));
                break;
            case '@': // ICH
                _cells.InsertRange(Cursor, Enumerable.Repeat(new Cell(new Rune(' '), ""), Math.Min(count, Longest - Length)));
                break;
        }
    }

    private void MoveTo(int position) => Cursor = Math.Clamp(position, 0, Length);

    private void Erase(int part)
    {
        if (part is 0 or 2)
            _cells.RemoveRange(Cursor, Length - Cursor);
        for (int i = 0; part is 1 or 2 && i < Math.Min(Cursor + 1, Length); i++)
            _cells[i] = new Cell(new Rune(' '), "");
    }

    private void Write(Rune character)
    {
        Cell cell = new(character, _style);
        if (Cursor < Length)
            _cells[Cursor] = cell;
        else
            _cells.Add(cell);
        Cursor++;
    }
}
