using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Commands to the board's management console, one at a time, and the answers among the hypervisor's lines (docs/abi.md).</summary>
/// <param name="send">Puts a command's bytes on the line.</param>
public sealed class ManagementConsole(Action<byte[]> send)
{
    private const string Mark = "manage: ";
    private const int Longest = 300;

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();
    private readonly List<string> _answer = [];
    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource<IReadOnlyList<string>>? _waiting;

    public async Task<IReadOnlyList<string>> Ask(string command)
    {
        // What is not printable could end the line and begin another.
        if (command.Any(letter => letter is < ' ' or > '~'))
            return ["error unknown-command"];
        await _turn.WaitAsync();
        try
        {
            TaskCompletionSource<IReadOnlyList<string>> waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _answer.Clear();
                _waiting = waiting;
            }
            send([.. Encoding.ASCII.GetBytes(command), (byte)'\r']);
            // A board that hangs must not keep the next one from asking.
            return await waiting.Task.WaitAsync(TimeSpan.FromSeconds(8));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The hypervisor's bytes.</summary>
    public void See(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value == '\n')
                EndLine();
            else if (value >= ' ' && _line.Length < Longest)
                _line.Append((char)value);
        }
    }

    private void EndLine()
    {
        string line = _line.ToString();
        _line.Clear();
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
            return;
        line = line[Mark.Length..];
        lock (_gate)
        {
            _answer.Add(line);
            if (line != "ok" && !line.StartsWith("error ", StringComparison.Ordinal))
                return;
            _waiting?.TrySetResult([.. _answer]);
            _waiting = null;
            _answer.Clear();
        }
    }
}
