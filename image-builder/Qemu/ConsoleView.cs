using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// All consoles on one terminal: lines with the guest's name before them, in its colour; a prompt appears at once. When
/// others write while the input guest's line is open, that line is taken away and drawn again below theirs. A terminal's
/// last row may be a status of our own.
/// </summary>
/// <remarks>
/// Guests' control sequences end in <see cref="ConsoleLine"/>: what is written here is ours, but for styles, and every
/// row begins with a name or with the room for one. So no guest can show a row as another's.
/// </remarks>
/// <param name="isTerminal">Colours and redrawing; a file or pipe gets plain lines.</param>
public sealed class ConsoleView(TextWriter terminal, bool isTerminal, int nameWidth = 9)
{
    private const int DefaultColumns = 80, FewestColumns = 8, Grey = 90;
    private const string Mark = "| ", Inverse = "\e[7m", Plain = "\e[0m";
    private static readonly int[] Colours = [36, 33, 32, 35, 34, 31, 96, 93];

    private readonly Dictionary<string, View> _views = [];
    private readonly StringBuilder _pending = new();
    private readonly string _end = isTerminal ? "\r\n" : "\n";
    // Whose line the cursor stands in, what is drawn of it, and how many of its rows lie above and below the cursor.
    private View? _open;
    private string _drawn = "";
    private int _above, _below;
    private bool _isInside;
    private int _guests;
    private string _status = "";
    private bool _isStatusChanged;
    // What takes the status row away again, from where the cursor was left; null while there is none.
    private string? _takeStatus;

    private sealed class View(string name, string prefix)
    {
        public readonly string Name = name, Prefix = prefix;
        public readonly TerminalParser Parser = new();
        public readonly ConsoleLine Line = new();
        /// <summary>What a row that others have ended shows of the open line.</summary>
        public string Left = "";
    }

    /// <summary>The guest with the keyboard: its open line stays at the bottom.</summary>
    public string? InputGuest { get; set; }

    /// <summary>The last row's text, printable ASCII; none where it is empty, and in a file. Shown by the next <see cref="Flush"/>.</summary>
    public string Status
    {
        get => _status;
        set
        {
            _isStatusChanged |= value != _status;
            _status = value;
        }
    }

    public Func<int> Columns { get; init; } = () => DefaultColumns;

    public void Put(string source, ReadOnlySpan<byte> bytes)
    {
        View view = Of(source);
        // What another has begun came before.
        ShowChanged(view);
        foreach (TerminalInput input in view.Parser.Parse(bytes))
        {
            if (!input.Is('\n'))
                view.Line.Apply(input);
            if (input.Is('\n') || view.Line.Length >= ConsoleLine.Longest)
                EndLine(view);
        }
    }

    /// <summary>A line of our own between the guests'.</summary>
    public void Say(string text)
    {
        ShowChanged(null);
        Close();
        _pending.Append(text.Replace("\n", _end, StringComparison.Ordinal)).Append(_end);
    }

    public void Flush()
    {
        ShowChanged(null);
        if (isTerminal && _open is null && InputGuest is { } guest && _views.TryGetValue(guest, out View? view) && view.Line.Length != 0)
            Show(view, false);
        if (_pending.Length == 0 && !_isStatusChanged)
            return;
        string text = _pending.ToString();
        // Bytes that come one by one stay in their row, above the status.
        if (_takeStatus is not null && !_isStatusChanged && text.AsSpan().IndexOfAny('\e', '\r', '\n') < 0)
            _takeStatus = TakeStatus();
        else
            text = _takeStatus + text + DrawStatus();
        terminal.Write(text);
        terminal.Flush();
        _pending.Clear();
    }

    /// <summary>Leaves the cursor on an empty row.</summary>
    public void End()
    {
        Flush();
        // Nobody's line is drawn again from here on.
        (InputGuest, Status) = (null, "");
        Close();
        Flush();
    }

    private void ShowChanged(View? but)
    {
        foreach (View view in _views.Values)
        {
            if (view.Line.IsChanged && view != but && (view.Line.Length != 0 || view == _open))
                Show(view, false);
        }
    }

    private void EndLine(View view)
    {
        if (_open == view || view.Left.Length == 0 || view.Left != Draw(view.Line))
        {
            Show(view, true);
            EndRow();
        }
        view.Left = "";
        view.Line.Clear();
    }

    private void Show(View view, bool isLast)
    {
        view.Line.IsChanged = false;
        string text = Draw(view.Line);
        if (_open == view && !_isInside && text.StartsWith(_drawn, StringComparison.Ordinal))
        {
            _pending.Append(text, _drawn.Length, text.Length - _drawn.Length);
        }
        else if (_open != view || isTerminal)
        {
            Close(_open == view);
            _pending.Append(view.Prefix).Append(text);
        }
        else if (isLast)
        {
            // A file takes nothing back: what became of the line gets another row.
            EndRow();
            _pending.Append(view.Prefix).Append(text);
        }
        else
        {
            return;
        }
        (_open, _drawn, _above, _below, _isInside) = (view, text, 0, 0, false);
        if (isTerminal)
            PlaceCursor(view.Line);
    }

    // From the last row's end, where drawing has left it.
    private void PlaceCursor(ConsoleLine line)
    {
        int last = Math.Max(0, line.Length - 1) / RowLength;
        _isInside = line.Cursor < line.Length;
        _above = _isInside ? line.Cursor / RowLength : last;
        _below = last - _above;
        if (_below != 0)
            _pending.Append($"\e[{_below}A");
        if (_isInside)
            _pending.Append($"\r\e[{nameWidth + Mark.Length + line.Cursor - _above * RowLength}C");
    }

    // Below the open line, or in the empty row that the cursor is left in; the cursor stays where it was.
    private string DrawStatus()
    {
        (_takeStatus, _isStatusChanged) = (null, false);
        if (!isTerminal || _status.Length == 0)
            return "";
        _takeStatus = TakeStatus();
        string row = Inverse + _status[..Math.Min(_status.Length, Math.Max(FewestColumns, Columns() - 1))] + Plain;
        return _open is null ? row + '\r' : (_below == 0 ? "" : $"\e[{_below}B") + _end + row + Back();
    }

    private string TakeStatus() => _open is null ? "\e[J" : $"\e[{_below + 1}B\r\e[J{Back()}";

    // From the status row to where the cursor stands in the open line.
    private string Back()
    {
        // Less than nothing after the terminal became wider.
        int column = nameWidth + Mark.Length + Math.Max(0, (_isInside ? _open!.Line.Cursor : _open!.Line.Length) - _above * RowLength);
        return $"\e[{_below + 1}A\r\e[{column}C";
    }

    private void Close(bool drawnAgain = false)
    {
        if (_open is null)
            return;
        if (drawnAgain || (isTerminal && _open.Name == InputGuest))
        {
            _pending.Append(_above == 0 ? "\r\e[J" : $"\e[{_above}A\r\e[J");
        }
        else
        {
            _open.Left = _drawn;
            EndRow();
        }
        _open = null;
    }

    private void EndRow()
    {
        if (_below != 0)
            _pending.Append($"\e[{_below}B");
        _pending.Append(_end);
        (_open, _below) = (null, 0);
    }

    private string Draw(ConsoleLine line) => line.Draw(RowLength, _end + new string(' ', nameWidth) + Mark, isTerminal);

    // One column stays free: a terminal that has filled its last one is in two minds about which row it is on.
    private int RowLength => isTerminal ? Math.Max(FewestColumns, Columns() - nameWidth - Mark.Length - 1) : int.MaxValue;

    private View Of(string source)
    {
        if (_views.TryGetValue(source, out View? view))
            return view;
        bool guest = source is not (ConsoleDemultiplexer.Hypervisor or ConsoleDemultiplexer.Nobody);
        int colour = guest ? Colours[_guests++ % Colours.Length] : Grey;
        string name = (source.Length > nameWidth ? source[..nameWidth] : source).PadRight(nameWidth);
        return _views[source] = new View(source, isTerminal ? $"\e[{colour}m{name}|\e[0m " : name + Mark);
    }
}
