using Bulkhead.ImageBuilder.BlackBox;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>One run of a board, whatever emulates it: consoles out, keyboard and scripts in.</summary>
public sealed class RunSession(IReadOnlyList<string> guests, IReadOnlyList<Script> scripts, ConsoleView view, string? logFolder, string? socketFolder = null)
{
    // Ctrl-C at a terminal that is not ours to read ends the emulator as well as us, in either order.
    private static readonly TimeSpan SignalDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), WakePause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly RunLogs _logs = new(logFolder);
    private ManagementConsole? _management;
    private QuietAnswers? _view;
    private readonly TaskCompletionSource<RunEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For the addresses of the hypervisor's own reports.</summary>
    public BoxSymbols? Symbols { get; init; }

    /// <param name="timeout">Null waits for ever.</param>
    public RunEnd Run(IMachine machine, TimeSpan? timeout)
    {
        using IDisposable interruption = Interruption.Instead(() => _end.TrySetResult(RunEnd.Interrupted));
        using RunningMachine board = machine.Start();
        using Keyboard keyboard = new();
        using Guardian guardian = new(board.ProcessId, keyboard.Saved);
        using StatusWatch states = new(command => _management!.Ask(command), Show);
        BoardInput input = new(board.ToBoard, guests, Say, () => Task.Run(() => SayStates(states)));
        _management = new ManagementConsole(line => input.Manage(line)) { Said = states.Wake };
        _view = new QuietAnswers(() => _management.IsAsked, view.Put);
        using ManagementSocket? socket = socketFolder is null ? null : new(socketFolder, _management.Ask);
        Task reading = Task.Run(() => Guard(() => Read(board, input)));
        if (keyboard.Saved is not null)
        {
            Invite(input);
            _ = states.Run();
        }
        string complaint;
        RunEnd end;
        try
        {
            end = Wait(timeout);
        }
        finally
        {
            complaint = board.Stop();
            reading.Wait(Patience);
            states.Dispose();
            lock (_gate)
            {
                view.End();
                _logs.Dispose();
            }
        }
        if (complaint.Length != 0)
            Console.Error.WriteLine(complaint);
        return end;
    }

    // GetResult: the reader's own exception, not one about a task.
    private RunEnd Wait(TimeSpan? timeout) =>
        Task.WaitAny([_end.Task], timeout ?? Timeout.InfiniteTimeSpan) == 0 ? _end.Task.GetAwaiter().GetResult() : RunEnd.TimedOut;

    // What goes wrong in another thread, a full disk under --log for one, ends the run.
    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            _end.TrySetException(error);
        }
    }

    private void Invite(BoardInput input)
    {
        lock (_gate)
            view.InputGuest = guests[0];
        Say(input.Menu);
        Task.Run(() => Guard(() => Type(input)));
    }

    private void Say(string text)
    {
        lock (_gate)
        {
            view.Say(text);
            view.Flush();
        }
    }

    private void Show(GuestStates states)
    {
        lock (_gate)
        {
            view.Status = states.Line;
            view.Flush();
        }
    }

    private async Task SayStates(StatusWatch states)
    {
        (GuestStates? answer, bool isOff) = await states.Ask();
        if (answer is null)
            Say(isOff ? "this appliance's manifest has `management: off`" : "the board does not answer");
        else
            Say(string.Join('\n', answer.Rows));
    }

    private void Read(RunningMachine board, BoardInput input)
    {
        BacktraceNames names = new(Symbols, Put);
        ConsoleDemultiplexer demultiplexer = new(names.Put);
        byte[] buffer = new byte[4096];
        List<Task> sending = [];
        bool isAwake = false;
        int count;
        using Timer waker = new(_ => board.Wake?.Invoke());
        // Even with nothing on the line yet: a script may begin with a text to send.
        Advance(input, sending);
        while ((count = board.FromBoard.Read(buffer)) > 0 && !_end.Task.IsCompleted)
        {
            if (!isAwake)
                waker.Change(WakePause, WakePause);
            isAwake = true;
            lock (_gate)
            {
                _logs.Put("raw", buffer.AsSpan(0, count));
                demultiplexer.Feed(buffer.AsSpan(0, count));
                view.Flush();
                _logs.Flush();
            }
            Advance(input, sending);
        }
        if (_end.Task.IsCompleted)
            return;
        int code = board.WaitForExitCode();
        Thread.Sleep(SignalDelay);
        _end.TrySetResult(code == 0 || !board.TellsOfFailure ? RunEnd.Off : RunEnd.Broken);
    }

    private void Advance(BoardInput input, List<Task> sending)
    {
        foreach (Script script in scripts)
        {
            foreach (byte[] text in script.Advance())
                sending.Add(input.Send(script.Guest, text));
        }
        // Texts alone are no reason to end: what they bring about is yet to be seen.
        if (scripts.Any(script => script.HasExpectations) && scripts.All(script => script.IsDone))
            _ = Task.WhenAll(sending).ContinueWith(_ => _end.TrySetResult(RunEnd.Seen), TaskScheduler.Default);
    }

    private void Put(string source, ReadOnlySpan<byte> bytes)
    {
        _view?.Put(source, bytes);
        _logs.Put(source, bytes);
        if (source == ConsoleDemultiplexer.Hypervisor)
            _management?.See(bytes);
        foreach (Script script in scripts)
        {
            if (script.Guest == source)
                script.See(bytes);
        }
    }

    private void Type(BoardInput input)
    {
        using Stream keys = Keyboard.Open();
        byte[] buffer = new byte[256];
        int count;
        while ((count = keys.Read(buffer)) > 0)
        {
            if (!input.Type(buffer.AsSpan(0, count)))
            {
                _end.TrySetResult(RunEnd.Quit);
                return;
            }
            lock (_gate)
                view.InputGuest = guests[input.KeyboardGuest];
        }
        // The terminal is gone.
        _end.TrySetResult(RunEnd.Interrupted);
    }
}
