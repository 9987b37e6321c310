using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Keeps the hypervisor's answers to another process, thousands for one update, from the terminal; whoever asks at the terminal sees his own.</summary>
/// <param name="isAsked">Whether another process waits for an answer.</param>
internal sealed class QuietAnswers(Func<bool> isAsked, ConsoleSink output)
{
    private static readonly byte[] s_mark = Encoding.ASCII.GetBytes(ManagementConsole.Mark);

    // Of the line that is coming in: how much of the mark it begins with; or -1, it is shown; -2, it is not.
    private int _matched;

    public void Put(string source, ReadOnlySpan<byte> bytes)
    {
        if (source != ConsoleDemultiplexer.Hypervisor)
        {
            output(source, bytes);
            return;
        }
        List<byte> shown = [];
        foreach (byte value in bytes)
            Take(value, shown);
        output(source, [.. shown]);
    }

    private void Take(byte value, List<byte> shown)
    {
        if (_matched >= 0 && value == s_mark[_matched])
        {
            if (++_matched != s_mark.Length)
                return;
            _matched = isAsked() ? -2 : -1;
            if (_matched == -1)
                shown.AddRange(s_mark);
            return;
        }
        if (_matched > 0)
            shown.AddRange(s_mark.AsSpan(0, _matched));
        if (_matched != -2)
            shown.Add(value);
        _matched = value == '\n' ? 0 : _matched >= 0 ? -1 : _matched;
    }
}
