namespace Bulkhead.ImageBuilder.Update;

/// <summary>How far something has come, on standard error: a bar that is drawn over at a terminal, else a line every tenth.</summary>
public sealed class ProgressLine(string what, long total)
{
    private const int Width = 30;

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private int _shown = -1;

    public void Show(long done)
    {
        int percent = total == 0 ? 100 : (int)(done * 100 / total), step = _isTerminal ? 1 : 10;
        if (percent / step == _shown)
            return;
        _shown = percent / step;
        if (_isTerminal)
            Console.Error.Write($"\r  {what,-10} [{new string('#', percent * Width / 100).PadRight(Width)}] {percent,3} %{(done >= total ? "\n" : "")}");
        else
            Console.Error.WriteLine($"  {what} {percent} %");
    }
}
