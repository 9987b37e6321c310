namespace Bulkhead.ImageBuilder.Update;

/// <summary>The way to an update service (docs/abi.md): of a board that runs, or of one whose image is a file here.</summary>
public interface IUpdateChannel : IDisposable
{
    /// <summary>Puts a command on its way; several may be under way.</summary>
    void Send(string command);

    /// <summary>The lines of the oldest answer that was not taken yet, the last of which begins with `ok` or `error`.</summary>
    IReadOnlyList<string> Receive();

    /// <summary>How many commands may be under way without one of them being lost.</summary>
    int Window { get; }

    IReadOnlyList<string> Ask(string command)
    {
        Send(command);
        return Receive();
    }
}
