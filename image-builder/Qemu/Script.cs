using System.Text;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// --expect and --send of one guest. Expectations that follow each other may be seen in any order; a text is sent once
/// all before it were seen, and what is expected after it is looked for in what comes after them.
/// </summary>
/// <remarks>A pattern sees the console's text: no control sequences, and LF alone at a line's end.</remarks>
public sealed class Script(string guest)
{
    // What a pattern may look back over. A flood must not make every look longer than the last.
    private const int Window = 64 * 1024;

    private readonly List<Regex> _expected = [];
    private readonly Queue<Step> _later = [];
    private readonly StringBuilder _seen = new();
    private readonly TerminalParser _parser = new();
    private int _passed;
    private bool _isChanged = true;

    private readonly record struct Step(Regex? Expect, byte[]? Send);

    public string Guest => guest;

    public bool HasExpectations { get; private set; }

    public bool IsDone => _expected.Count == 0 && _later.Count == 0;

    public IEnumerable<string> Missing =>
        _expected.Concat(_later.Select(step => step.Expect).OfType<Regex>()).Select(expect => $"{guest}={expect}");

    public void Expect(Regex expected)
    {
        HasExpectations = true;
        _later.Enqueue(new Step(expected, null));
    }

    public void Send(byte[] text) => _later.Enqueue(new Step(null, text));

    public void See(ReadOnlySpan<byte> bytes)
    {
        foreach (TerminalInput input in _parser.Parse(bytes))
        {
            if (!input.IsCommand && !input.Is('\r'))
                _seen.Append(input.Value.ToString());
        }
        if (_seen.Length > 2 * Window)
            Forget(_seen.Length - Window);
        _isChanged = true;
    }

    /// <summary>Goes on as far as it can; returns what to send now.</summary>
    /// <exception cref="RegexMatchTimeoutException">A pattern that takes too long.</exception>
    public IReadOnlyList<byte[]> Advance()
    {
        if (!_isChanged)
            return [];
        _isChanged = false;
        List<byte[]> send = [];
        while (!IsDone)
        {
            while (_later.TryPeek(out Step step) && step.Expect is not null)
                _expected.Add(_later.Dequeue().Expect!);
            string seen = _seen.ToString();
            _expected.RemoveAll(expected => IsSeen(expected, seen));
            if (_expected.Count != 0)
                break;
            Forget(_passed);
            while (_later.TryPeek(out Step step) && step.Send is not null)
                send.Add(_later.Dequeue().Send!);
        }
        return send;
    }

    private bool IsSeen(Regex expected, string seen)
    {
        Match match = expected.Match(seen);
        if (match.Success)
            _passed = Math.Max(_passed, match.Index + match.Length);
        return match.Success;
    }

    private void Forget(int count)
    {
        _seen.Remove(0, count);
        _passed = Math.Max(0, _passed - count);
    }
}
