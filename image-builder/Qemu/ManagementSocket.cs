using System.Net.Sockets;
using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// The way from another process to the management console of a board that runs here: a socket in a folder of the
/// checkout. A client sends commands as lines, several at once if it likes, and gets the board's answers in their order; the
/// last line of each begins with `ok` or `error`.
/// </summary>
public sealed class ManagementSocket : IDisposable
{
    private const string Pattern = "board-*.sock";

    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<string, Task<IReadOnlyList<string>>> _ask;

    /// <param name="folder">Where the socket is made, with this process's number in its name.</param>
    /// <param name="ask">Brings a command to the board.</param>
    public ManagementSocket(string folder, Func<string, Task<IReadOnlyList<string>>> ask)
    {
        _ask = ask;
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"board-{Environment.ProcessId}.sock");
        File.Delete(_path);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        _ = Listen();
    }

    /// <summary>The boards that run in a checkout: their sockets that somebody listens to.</summary>
    public static IReadOnlyList<string> Find(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, Pattern).Where(IsAlive).Order(StringComparer.Ordinal)] : [];

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private static bool IsAlive(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            // Left by a run that was killed.
            File.Delete(path);
            return false;
        }
    }

    private async Task Listen()
    {
        while (true)
        {
            try
            {
                _ = Serve(await _listener.AcceptAsync());
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // A client that has gone.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    // What one client asks goes to the board as it comes; its answers are written in the same order.
    private async Task Serve(Socket client)
    {
        Task written = Task.CompletedTask;
        try
        {
            using NetworkStream stream = new(client, true);
            using StreamReader reader = new(stream);
            while (await reader.ReadLineAsync() is { } command)
                written = Write(stream, _ask(command), written);
            await written;
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            // A client that has gone.
        }
    }

    private static async Task Write(Stream stream, Task<IReadOnlyList<string>> answer, Task before)
    {
        IReadOnlyList<string> lines;
        try
        {
            lines = await answer;
        }
        catch (TimeoutException)
        {
            lines = ["error no-answer"];
        }
        await before;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }
}
