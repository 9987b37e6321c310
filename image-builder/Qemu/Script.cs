using System.Text;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// --expect and --send of one guest, in the order given: a text is sent once everything expected before it on that
/// guest's console has been seen.
/// </summary>
public sealed class Script(string guest)
{
    private readonly Queue<(Regex? Expect, string? Send)> _steps = [];
    private readonly StringBuilder _seen = new();

    public string Guest => guest;

    public bool IsDone => _steps.Count == 0;

    public IEnumerable<string> Missing => _steps.Where(step => step.Expect is not null).Select(step => $"{guest}={step.Expect}");

    public void Expect(Regex expected) => _steps.Enqueue((expected, null));

    public void Send(string text) => _steps.Enqueue((null, text));

    public void See(byte value) => _seen.Append((char)value);

    /// <summary>Goes on as far as it can; returns what to send now.</summary>
    public IEnumerable<string> Advance()
    {
        while (_steps.TryPeek(out var step))
        {
            if (step.Send is not null)
            {
                _steps.Dequeue();
                yield return step.Send;
                continue;
            }
            Match match = step.Expect!.Match(_seen.ToString());
            if (!match.Success)
                yield break;
            // The next expectation is about what comes after.
            _seen.Remove(0, match.Index + match.Length);
            _steps.Dequeue();
        }
    }
}
