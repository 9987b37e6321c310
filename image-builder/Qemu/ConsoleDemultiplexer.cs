using System;
using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// Takes the board's one serial line apart again (docs/abi.md): RS name "| " says whose bytes follow, US CR LF belongs
/// to nobody. Any chunking of the input gives the same streams; nothing is held back, so a prompt shows at once.
/// </summary>
public sealed class ConsoleDemultiplexer(ConsoleSink output)
{
    private const byte RecordSeparator = 0x1e, UnitSeparator = 0x1f;
    /// <summary>What comes before the first tag: firmware, or the first stage.</summary>
    public const string Nobody = "board";
    /// <summary>The hypervisor's own lines.</summary>
    public const string Hypervisor = "bulkhead";
    // A name's 15 bytes (NameRules) and "| ".
    private const int LongestTag = 17;

    private readonly StringBuilder _tag = new();
    private bool _inTag;
    // After US: how much of the CR LF that belongs to nobody is still to come.
    private int _skip;
    private string _source = Nobody;

    public void Feed(ReadOnlySpan<byte> wire)
    {
        int start = 0;
        for (int i = 0; i < wire.Length; i++)
        {
            if (!IsOurs(wire[i]))
                continue;
            Give(wire[start..i]);
            start = i + 1;
            Take(wire[i]);
        }
        Give(wire[start..]);
    }

    private bool IsOurs(byte value) => _inTag || value is RecordSeparator or UnitSeparator || IsSkipped(value);

    private bool IsSkipped(byte value)
    {
        if (_skip != 0 && value is not ((byte)'\r' or (byte)'\n'))
            _skip = 0;
        return _skip != 0;
    }

    private void Take(byte value)
    {
        switch (value)
        {
            case RecordSeparator:
                _inTag = true;
                _skip = 0;
                _tag.Clear();
                break;
            case UnitSeparator:
                _inTag = false;
                _skip = 2;
                break;
            default:
                if (_inTag)
                    TakeTag(value);
                else
                    _skip--;
                break;
        }
    }

    private void TakeTag(byte value)
    {
        _tag.Append((char)value);
        bool whole = _tag.Length > 2 && _tag[^1] == ' ' && _tag[^2] == '|';
        // What is no tag of ours comes of a disturbed line. What follows cannot be said to be anyone's.
        bool broken = value is < (byte)' ' or > (byte)'~' || _tag.Length >= LongestTag;
        if (!whole && !broken)
            return;
        _source = whole ? _tag.ToString(0, _tag.Length - 2) : Nobody;
        _inTag = false;
    }

    private void Give(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 0)
            output(_source, bytes);
    }
}
