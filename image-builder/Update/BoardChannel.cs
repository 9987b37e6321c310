using System.Net.Sockets;
using System.Text;

namespace Bulkhead.ImageBuilder.Update;

/// <summary>The management console of a board that `bulkhead run` runs here, by its socket (<see cref="Qemu.ManagementSocket"/>).</summary>
public sealed class BoardChannel : IUpdateChannel
{
    // As long as a board with real flash may take for one command.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _reader;

    /// <exception cref="IOException">Nobody listens.</exception>
    public BoardChannel(string path)
    {
        WhileItRuns(() => _socket.Connect(new UnixDomainSocketEndPoint(path)));
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        _reader = new StreamReader(new NetworkStream(_socket));
    }

    // The board's ring for the answers has 2 KiB.
    public int Window => 16;

    public void Send(string command) => WhileItRuns(() => _socket.Send(Encoding.ASCII.GetBytes(command + "\n")));

    public IReadOnlyList<string> Receive()
    {
        List<string> lines = [];
        while (_reader.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line == "ok" || line.StartsWith("ok ", StringComparison.Ordinal) || line.StartsWith("error ", StringComparison.Ordinal))
                return lines;
        }
        throw Ended(null);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    private static void WhileItRuns(Action action)
    {
        try
        {
            action();
        }
        catch (SocketException error)
        {
            throw Ended(error);
        }
    }

    private static IOException Ended(Exception? cause) => new("the board's run has ended", cause);
}
