namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// Takes the board's one serial line apart again (docs/abi.md): RS name "| " says whose bytes follow, US CR LF belongs
/// to nobody. Any chunking of the input gives the same streams.
/// </summary>
public sealed class ConsoleDemultiplexer(Action<string, byte> output)
{
    private const byte RecordSeparator = 0x1e, UnitSeparator = 0x1f;
    /// <summary>What comes before the first tag: firmware, or the first stage.</summary>
    public const string Nobody = "board";
    private const int LongestTag = 32;

    private readonly System.Text.StringBuilder _tag = new();
    private bool _inTag;
    private int _skip;
    private string _source = Nobody;

    public void Feed(ReadOnlySpan<byte> wire)
    {
        foreach (byte value in wire)
            Feed(value);
    }

    private void Feed(byte value)
    {
        if (value == RecordSeparator)
        {
            _inTag = true;
            _tag.Clear();
        }
        else if (value == UnitSeparator)
        {
            _skip = 2;
        }
        else if (_inTag)
        {
            Tag(value);
        }
        else if (_skip > 0)
        {
            _skip--;
        }
        else
        {
            output(_source, value);
        }
    }

    private void Tag(byte value)
    {
        _tag.Append((char)value);
        if (_tag.Length >= 2 && _tag[^1] == ' ' && _tag[^2] == '|')
        {
            _source = _tag.ToString(0, _tag.Length - 2);
            _inTag = false;
        }
        else if (_tag.Length > LongestTag)
        {
            _inTag = false;
        }
    }
}
