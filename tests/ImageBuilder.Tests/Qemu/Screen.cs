using System.Text;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

/// <summary>A terminal as far as <see cref="ImageBuilder.Qemu.ConsoleView"/> uses one; anything else is a failure.</summary>
internal sealed class Screen(int columns) : TextWriter
{
    private readonly List<StringBuilder> _rows = [new()];
    private readonly StringBuilder _sequence = new();
    private int _row, _column;

    public override Encoding Encoding => Encoding.UTF8;

    public IReadOnlyList<string> Rows => [.. _rows.Select(row => row.ToString().TrimEnd())];

    public (int Row, int Column) Cursor => (_row, _column);

    public override void Write(char value)
    {
        if (_sequence.Length != 0 || value == '\e')
            Sequence(value);
        else if (value == '\r')
            _column = 0;
        else if (value == '\n')
            Down();
        else if (char.IsControl(value))
            throw new InvalidOperationException($"control character {(int)value}");
        else
            Put(value);
    }

    private void Down()
    {
        if (++_row == _rows.Count)
            _rows.Add(new());
    }

    private void Put(char value)
    {
        // The view promises never to fill a row.
        if (_column >= columns - 1)
            throw new InvalidOperationException("the last column was written");
        StringBuilder row = _rows[_row];
        while (row.Length <= _column)
            row.Append(' ');
        row[_column++] = value;
    }

    private void Sequence(char value)
    {
        _sequence.Append(value);
        if (_sequence.Length < 3 || !char.IsAsciiLetter(value))
            return;
        string parameters = _sequence.ToString(2, _sequence.Length - 3);
        int count = int.TryParse(parameters, out int given) ? given : 1;
        _sequence.Clear();
        switch (value)
        {
            case 'A':
                _row -= count;
                // A row above the first would be someone else's.
                ArgumentOutOfRangeException.ThrowIfNegative(_row);
                break;
            case 'B':
                _row += count;
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(_row, _rows.Count);
                break;
            case 'C':
                _column += count;
                break;
            case 'J':
                _rows[_row].Length = Math.Min(_rows[_row].Length, _column);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'm':
                break;
            default:
                throw new InvalidOperationException($"sequence {parameters}{value}");
        }
    }
}
