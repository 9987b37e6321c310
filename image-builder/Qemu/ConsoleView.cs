using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>All consoles on one terminal: lines with the guest's name before them, in its colour; a prompt appears at once.</summary>
public sealed class ConsoleView(TextWriter terminal, bool colour)
{
    private static readonly int[] Colours = [36, 33, 32, 35, 34, 31, 96, 93];

    private readonly Dictionary<string, StringBuilder> _partial = [];
    private readonly Dictionary<string, int> _colours = [];
    private string? _open;

    public void Put(string source, byte value)
    {
        StringBuilder partial = Partial(source);
        if (value == (byte)'\r')
            return;
        if (_open != source)
        {
            // Another's line is open on the terminal: end it there; it goes on below when its owner says more.
            if (_open is not null)
                terminal.Write("\r\n");
            terminal.Write(Prefix(source));
            terminal.Write(partial.ToString());
            _open = source;
        }
        if (value == (byte)'\n')
        {
            terminal.Write("\r\n");
            partial.Clear();
            _open = null;
            return;
        }
        partial.Append((char)value);
        terminal.Write((char)value);
    }

    public void Say(string text)
    {
        if (_open is not null)
            terminal.Write("\r\n");
        _open = null;
        terminal.Write(text + "\r\n");
    }

    public void Flush() => terminal.Flush();

    private StringBuilder Partial(string source)
    {
        if (!_partial.TryGetValue(source, out StringBuilder? partial))
            _partial[source] = partial = new StringBuilder();
        return partial;
    }

    private string Prefix(string source)
    {
        if (!colour)
            return $"{source,-9}| ";
        if (!_colours.TryGetValue(source, out int chosen))
            _colours[source] = chosen = source == "bulkhead" ? 90 : Colours[_colours.Count % Colours.Length];
        return $"\e[{chosen}m{source,-9}|\e[0m ";
    }
}
