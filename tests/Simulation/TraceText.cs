using System.Runtime.CompilerServices;
using System.Text;

namespace Bulkhead.Simulation;

/// <summary>A line of the trace, put together only when there is one.</summary>
[InterpolatedStringHandler]
internal ref struct TraceText
{
    private readonly StringBuilder? _text;

    public TraceText(int literals, int values, Life life, out bool wanted)
    {
        wanted = life.IsTraced;
        _text = wanted ? new StringBuilder(literals + values * 8) : null;
    }

    public readonly void AppendLiteral(string text) => _text!.Append(text);

    public readonly void AppendFormatted<T>(T value) => _text!.Append(value);

    public readonly void AppendFormatted<T>(T value, string? format) where T : System.IFormattable => _text!.Append(value.ToString(format, null));

    public override readonly string ToString() => _text!.ToString();
}
