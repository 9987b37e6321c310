using System.Runtime.InteropServices;

namespace Bulkhead.ImageBuilder;

/// <summary>Ctrl-C, a request to end, or the terminal's end: what is half done is undone, and the process ends with 130.</summary>
public static class Interruption
{
    public const int ExitCode = 130;

    private static readonly Lock Gate = new();
    private static readonly List<Action> Undos = [];
    private static Action? _instead;

    /// <summary>Watches for as long as the result lives.</summary>
    public static IDisposable Watch()
    {
        PosixSignalRegistration[] signals = [On(PosixSignal.SIGINT), On(PosixSignal.SIGTERM), On(PosixSignal.SIGHUP)];
        return new Ending(() => Array.ForEach(signals, signal => signal.Dispose()));
    }

    /// <summary>What undoes a half-done thing; in force until the result is disposed.</summary>
    public static IDisposable Undo(Action undo)
    {
        lock (Gate)
            Undos.Add(undo);
        return new Ending(() => Undos.Remove(undo));
    }

    /// <summary>Something that ends by itself when it is told to, and the process with it.</summary>
    public static IDisposable Instead(Action end)
    {
        lock (Gate)
            _instead = end;
        return new Ending(() => _instead = null);
    }

    /// <summary>Does not come back once an interruption is being dealt with: what then goes wrong is no news.</summary>
    public static void Pass()
    {
        lock (Gate)
        {
            // Held until the process ends.
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        lock (Gate)
        {
            if (_instead is not null)
            {
                _instead();
                return;
            }
            for (int i = Undos.Count - 1; i >= 0; i--)
                Try(Undos[i]);
            Environment.Exit(ExitCode);
        }
    });

    private static void Try(Action undo)
    {
        try
        {
            undo();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // It was gone already, or cannot be undone; the others still can.
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
                end();
        }
    }
}
