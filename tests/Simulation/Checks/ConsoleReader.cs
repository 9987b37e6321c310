using System.Collections.Generic;
using System.Text;
using Bulkhead.Diagnostics;

namespace Bulkhead.Simulation.Checks;

/// <summary>The other end of the console line: what each source wrote, by docs/abi.md; insists on every rule.</summary>
internal sealed class ConsoleReader(Life life)
{
    private readonly Dictionary<string, List<byte>> _sources = [];
    private List<byte>? _source;
    private int _at;

    public List<byte> Of(string source)
    {
        if (!_sources.TryGetValue(source, out List<byte>? bytes))
            _sources.Add(source, bytes = []);
        return bytes;
    }

    /// <summary>All that came since; it ends where no tag is half sent.</summary>
    public void Read(List<byte> wire)
    {
        while (_at < wire.Count)
        {
            byte value = wire[_at++];
            if (value == ConsoleTag.US)
            {
                life.Check(_source is not null, "console: a line is cut where none is open");
                life.Check(_at + 2 < wire.Count && wire[_at] == '\r' && wire[_at + 1] == '\n' && wire[_at + 2] == ConsoleTag.RS, "console: a cut without a tag behind it");
                _at += 2;
                _source = null;
            }
            else if (value == ConsoleTag.RS)
            {
                life.Check(_source is null, "console: a tag in the middle of a line");
                StringBuilder name = new();
                while (_at < wire.Count && wire[_at] != '|')
                    name.Append((char)wire[_at++]);
                life.Check(_at + 1 < wire.Count && wire[_at + 1] == ' ', "console: a tag that does not end");
                _at += 2;
                _source = Of(name.ToString());
            }
            else
            {
                life.Check(_source is not null, "console: a line without a tag");
                _source!.Add(value);
                if (value == '\n')
                    _source = null;
            }
        }
    }
}
