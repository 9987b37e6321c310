using System.ComponentModel;
using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// A started emulator and the two directions of its board's serial line, wherever the emulator has put them. The line
/// from the board must end when the emulator does.
/// </summary>
public sealed class RunningMachine(Process process, Stream fromBoard, Stream toBoard) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Read from the start: a full pipe would stop the emulator.
    private readonly Task<string> _complaints = process.StandardError.ReadToEndAsync();

    public Stream FromBoard => fromBoard;
    public Stream ToBoard => toBoard;
    public int ProcessId => process.Id;

    /// <summary>False where neither the emulator's exit code nor its standard error, which is a log, says how the board ended.</summary>
    public bool TellsOfFailure { get; init; } = true;

    /// <summary>A folder of the emulator's own, which goes when it does.</summary>
    public string? Folder { get; init; }

    /// <summary>Done once, while the emulator still runs and is about to be ended.</summary>
    public Action? BeforeKill { get; init; }

    /// <summary>What an emulator needs now and then once its board has said something.</summary>
    public Action? Wake { get; init; }

    /// <summary>Starts an emulator whose three standard streams are ours.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception error)
        {
            throw new MissingToolException($"cannot start {program}: {error.Message}; './bulkhead doctor' says how to get it");
        }
    }

    /// <summary>An emulator with a folder of its own, which goes at once when it does not start.</summary>
    /// <param name="name">How the folder's name begins.</param>
    /// <param name="start">Starts it, with <see cref="Folder"/> set.</param>
    public static RunningMachine StartIn(string name, Func<string, RunningMachine> start)
    {
        string folder = Directory.CreateTempSubdirectory(name).FullName;
        try
        {
            return start(folder);
        }
        catch
        {
            Directory.Delete(folder, true);
            throw;
        }
    }

    /// <summary>Once the line from the board has ended.</summary>
    public int WaitForExitCode()
    {
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Ends the emulator, if it has not ended.</summary>
    /// <returns>What it said on standard error.</returns>
    public string Stop()
    {
        if (!process.HasExited)
        {
            BeforeKill?.Invoke();
            process.Kill(true);
        }
        process.WaitForExit(Patience);
        // A grandchild that outlives it may hold the pipe open.
        return TellsOfFailure && _complaints.Wait(Patience) ? _complaints.Result.Trim() : "";
    }

    public void Dispose()
    {
        Stop();
        process.Dispose();
        if (Folder is not null)
            Directory.Delete(Folder, true);
    }
}
