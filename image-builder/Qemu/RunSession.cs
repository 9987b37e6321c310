using System.Diagnostics;
using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>One run of a board in QEMU: consoles out, keyboard and scripts in.</summary>
public sealed class RunSession(IReadOnlyList<string> guests, IReadOnlyList<Script> scripts, ConsoleView view, string? logFolder)
{
    private const byte ControlT = 0x14;
    private const int Chunk = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileStream> _logs = [];
    private readonly SemaphoreSlim _sending = new(1);
    private int _selected;

    /// <returns>True when every script came to its end; false when time ran out or QEMU ended before.</returns>
    public bool Run(string program, IReadOnlyList<string> arguments, TimeSpan? timeout)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process qemu = Process.Start(start)!;
        using Keyboard keyboard = new();
        using CancellationTokenSource end = new();
        ConsoleCancelEventHandler cancel = (_, _) => Kill(qemu);
        Console.CancelKeyPress += cancel;
        Stream input = qemu.StandardInput.BaseStream;
        Task<string> errors = qemu.StandardError.ReadToEndAsync();
        Task output = Task.Run(() => Read(qemu.StandardOutput.BaseStream, input, end));
        if (keyboard.IsTerminal)
            _ = Task.Run(() => Type(input, end));
        try
        {
            DateTime last = timeout is { } limit ? DateTime.UtcNow + limit : DateTime.MaxValue;
            while (!end.IsCancellationRequested && !qemu.HasExited && DateTime.UtcNow < last)
                Thread.Sleep(20);
        }
        finally
        {
            Kill(qemu);
            Console.CancelKeyPress -= cancel;
        }
        output.Wait(TimeSpan.FromSeconds(5));
        foreach (FileStream log in _logs.Values)
            log.Dispose();
        string complaint = errors.Result.Trim();
        if (complaint.Length != 0 && !complaint.Contains("terminating on signal", StringComparison.Ordinal))
            view.Say(complaint);
        view.Flush();
        return scripts.Count != 0 && scripts.All(script => script.IsDone);
    }

    private void Read(Stream wire, Stream input, CancellationTokenSource end)
    {
        ConsoleDemultiplexer demultiplexer = new(Put);
        byte[] buffer = new byte[4096];
        int count;
        while ((count = wire.Read(buffer)) > 0)
        {
            Log("raw", buffer.AsSpan(0, count));
            lock (_gate)
            {
                demultiplexer.Feed(buffer.AsSpan(0, count));
                view.Flush();
            }
            foreach (Script script in scripts)
            {
                foreach (string text in script.Advance())
                    _ = Send(input, script.Guest, text);
            }
            if (scripts.Count != 0 && scripts.All(script => script.IsDone))
            {
                end.Cancel();
                return;
            }
        }
        end.Cancel();
    }

    private void Put(string source, byte value)
    {
        view.Put(source, value);
        Log(source, [value]);
        foreach (Script script in scripts)
        {
            if (script.Guest == source)
                script.See(value);
        }
    }

    // Small portions: a guest's UART takes what its FIFO and ring hold, no more.
    private async Task Send(Stream input, string guest, string text)
    {
        await _sending.WaitAsync();
        try
        {
            int number = IndexOf(guest);
            if (number != _selected)
            {
                await input.WriteAsync(new byte[] { ControlT, (byte)('1' + number) });
                _selected = number;
            }
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            for (int i = 0; i < bytes.Length; i += Chunk)
            {
                await input.WriteAsync(bytes.AsMemory(i, Math.Min(Chunk, bytes.Length - i)));
                await input.FlushAsync();
                await Task.Delay(Pause);
            }
        }
        catch (IOException)
        {
            // QEMU has ended; the run says what was missing.
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Type(Stream input, CancellationTokenSource end)
    {
        using Stream keys = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        bool command = false;
        int count;
        while (!end.IsCancellationRequested && (count = keys.Read(buffer)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                byte key = buffer[i];
                if (command && key is (byte)'q' or (byte)'Q' && command)
                {
                    end.Cancel();
                    return;
                }
                // Ctrl-T and what follows are the board's own protocol, so a plain terminal works the same way.
                if (command && key >= '1' && key < '1' + guests.Count)
                    _selected = key - '1';
                command = !command && key == ControlT;
            }
            try
            {
                input.Write(buffer, 0, count);
                input.Flush();
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private int IndexOf(string guest)
    {
        for (int i = 0; i < guests.Count; i++)
        {
            if (guests[i] == guest)
                return i;
        }
        return 0;
    }

    private void Log(string source, ReadOnlySpan<byte> bytes)
    {
        if (logFolder is null)
            return;
        if (!_logs.TryGetValue(source, out FileStream? log))
        {
            Directory.CreateDirectory(logFolder);
            _logs[source] = log = File.Create(Path.Combine(logFolder, source + ".log"));
        }
        log.Write(bytes);
        log.Flush();
    }

    private static void Kill(Process qemu)
    {
        try
        {
            qemu.Kill();
            qemu.WaitForExit(5000);
        }
        catch (InvalidOperationException)
        {
            // Already gone.
        }
    }
}
