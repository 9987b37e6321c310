using System.Diagnostics;
using System.Text;
using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.Emulator.Tests;

/// <summary>A board that `./bulkhead run` runs while a test speaks to it.</summary>
internal sealed class RunningBoard : IDisposable
{
    // Of a machine that does much else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private int _seen;

    public RunningBoard(params string[] words)
    {
        ProcessStartInfo start = new(Path.Combine(Board.Root, "bulkhead"), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Board.Root,
        };
        start.Environment["BULKHEAD_COMPILED"] = "1";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Run => $"{_process.Id}";

    /// <summary>Everything it said up to now.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Returns once it has said this, later than what was waited for before.</summary>
    public void WaitFor(string text)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && !_process.HasExited)
        {
            if (Output.IndexOf(text, _seen, StringComparison.Ordinal) is >= 0 and int at)
            {
                _seen = at + text.Length;
                return;
            }
            Thread.Sleep(50);
        }
        throw new TimeoutException($"the board did not say '{text}':\n{Output}");
    }

    /// <summary>Its update service.</summary>
    public BoardChannel Open()
    {
        string socket = Path.Combine(Board.Root, "out", $"board-{_process.Id}.sock");
        for (Stopwatch watch = Stopwatch.StartNew(); !File.Exists(socket); Thread.Sleep(50))
        {
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"nobody listens:\n{Output}");
        }
        return new BoardChannel(socket);
    }

    /// <summary>As if its power were cut.</summary>
    public void Dispose()
    {
        _process.Kill(true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        lock (_output)
            _output.Append(line).Append('\n');
    }
}
