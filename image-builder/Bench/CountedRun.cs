using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// A board under QEMU's icount whose executed instructions are read from its log while it runs. The board stands still
/// at reset, and whenever it has come to where it was to go.
/// </summary>
public sealed class CountedRun : IDisposable
{
    private const string Logging = "exec,nochain,in_asm";
    // Under icount a CPU that runs keeps its turn until the next timer of the board's: up to 25 ms, in which another CPU's
    // interrupt waits. A timer of QEMU's own, which no guest sees, ends the turns: four CPUs share 20 us.
    private static readonly string[] FairTurns = ["-netdev", "hubport,id=turns,hubid=0", "-object", "filter-buffer,id=turn,netdev=turns,interval=20"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly string _pipe;
    private readonly Task<RunEnd> _run;
    private readonly GdbStub _stub;

    /// <param name="addresses">Where blocks begin that are logged at all; empty logs everything.</param>
    /// <param name="counting">Under icount; otherwise as it runs, which a stopwatch may time.</param>
    /// <param name="socketFolder">Where the board's management console can be reached; null for nowhere.</param>
    /// <param name="isFair">CPUs take turns of some microseconds: none waits long for its interrupts while others run.</param>
    public CountedRun(BenchWorkspace work, IReadOnlyList<AddressRange> addresses, IReadOnlyList<Script> scripts, bool counting = true, string? socketFolder = null, bool isFair = false)
    {
        string gdb = Path.Combine(work.Folder, "gdb");
        _pipe = Path.Combine(work.Folder, "executed");
        Tool.Run("mkfifo", [_pipe]);
        List<string> arguments = [.. counting ? work.Counting : [], .. isFair ? FairTurns : [], "-S", "-gdb", $"unix:{gdb},server=on,wait=off"];
        if (addresses.Count != 0)
            arguments.AddRange(["-dfilter", string.Join(',', addresses.Select(range => $"0x{range.Base:x}+0x{range.Size:x}"))]);
        IMachine machine = work.Machine(arguments);
        RunSession session = new([.. work.Appliance.Guests.Select(guest => guest.Name)], scripts, new ConsoleView(TextWriter.Null, false), work.Folder, socketFolder);
        _run = Task.Run(() => session.Run(machine, Limit));
        // No use to wait for a QEMU that has ended already.
        _stub = new GdbStub(gdb, () => _run.IsCompleted);
    }

    /// <summary>Where the hypervisor runs once it has its own tables; no guest runs code there.</summary>
    public static AddressRange Hypervisor(Routines symbols) => new(symbols.AddressOf("_start"), 2 << 20);

    /// <summary>Runs the board until any CPU is about to execute an address.</summary>
    public void GoTo(ulong address)
    {
        _stub.SetBreakpoint(address);
        _stub.Continue();
        _stub.RemoveBreakpoint(address);
    }

    /// <summary>From now on every block goes to the sink, until <see cref="StopCounting"/>; the board stands still.</summary>
    public Task Count(Action<ExecutedBlock> sink)
    {
        ExecutionLog log = new(sink);
        Task reading = Task.Run(() =>
        {
            using StreamReader reader = new(new FileStream(_pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16));
            log.Read(reader);
        });
        _stub.Monitor("logfile " + _pipe);
        _stub.Monitor("log " + Logging);
        return reading;
    }

    /// <summary>Ends what <see cref="Count"/> began; its task ends when all is read.</summary>
    public void StopCounting(Task reading)
    {
        _stub.Monitor("log none");
        // QEMU keeps the pipe open. The board stands still, so nothing of its log comes after this line.
        using (FileStream pipe = new(_pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))
            pipe.Write(ExecutionLog.End);
        reading.GetAwaiter().GetResult();
    }

    /// <summary>Lets the board run until something has been seen, in its log for one.</summary>
    public void GoUntil(Func<bool> isSeen)
    {
        _stub.Go();
        while (!isSeen())
        {
            if (_run.IsCompleted)
                throw new BuildException("QEMU ended before the measurement did");
            Thread.Sleep(10);
        }
        _stub.Interrupt();
    }

    /// <summary>Switches the board off.</summary>
    public void End()
    {
        _stub.Quit();
        _run.Wait();
    }

    /// <summary>Lets the board run on until the scripts have seen everything.</summary>
    public RunEnd Finish()
    {
        _stub.Go();
        return _run.GetAwaiter().GetResult();
    }

    public void Dispose() => _stub.Dispose();
}
