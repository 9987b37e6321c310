using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Commands to the board's management console, and the answers among the hypervisor's lines (docs/abi.md). Answers come in the order of the commands.</summary>
/// <param name="send">Puts a command's bytes on the line.</param>
public sealed class ManagementConsole(Action<byte[]> send)
{
    /// <summary>What every line of an answer begins with.</summary>
    internal const string Mark = "manage: ";
    private const int Longest = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();
    private readonly List<string> _answer = [];
    private readonly Queue<TaskCompletionSource<IReadOnlyList<string>>> _waiting = [];

    /// <summary>Called at the end of each line of the hypervisor's that answers nobody.</summary>
    public Action? Said { get; init; }

    /// <summary>Whether somebody waits for an answer.</summary>
    public bool IsAsked
    {
        get
        {
            lock (_gate)
                return _waiting.Count != 0;
        }
    }

    /// <exception cref="TimeoutException">No answer came.</exception>
    public async Task<IReadOnlyList<string>> Ask(string command)
    {
        // What is not printable could end the line and begin another; an empty one is not answered.
        if (command.Length == 0 || command.Any(letter => letter is < ' ' or > '~'))
            return ["error unknown-command"];
        TaskCompletionSource<IReadOnlyList<string>> waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            send([.. Encoding.ASCII.GetBytes(command), (byte)'\r']);
        }
        try
        {
            // A board that hangs must not keep the next one from asking.
            return await waiting.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            // Whose answer comes next can no longer be said.
            lock (_gate)
            {
                while (_waiting.TryDequeue(out TaskCompletionSource<IReadOnlyList<string>>? other))
                    other.TrySetException(new TimeoutException());
            }
            throw;
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
        {
            Said?.Invoke();
            return;
        }
        line = line[Mark.Length..];
        lock (_gate)
        {
            _answer.Add(line);
            if (line != "ok" && !line.StartsWith("ok ", StringComparison.Ordinal) && !line.StartsWith("error ", StringComparison.Ordinal))
                return;
            if (_waiting.TryDequeue(out TaskCompletionSource<IReadOnlyList<string>>? waiting))
                waiting.TrySetResult([.. _answer]);
            _answer.Clear();
        }
    }
}
