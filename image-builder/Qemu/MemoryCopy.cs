using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A part of a QEMU board's RAM that a run leaves in a file when it ends, by QEMU's machine protocol (QMP).</summary>
/// <param name="Range">Physical addresses.</param>
/// <param name="File">Where to.</param>
public sealed record MemoryCopy(AddressRange Range, string File)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> Arguments(string socket) => ["-qmp", $"unix:{socket},server=on,wait=off"];

    /// <summary>Stops the board's CPUs, which do not go on, and writes the file; an older one stays where that fails.</summary>
    public void Take(string socket)
    {
        // An emulator that has ended by itself took its socket along.
        if (!System.IO.File.Exists(socket))
            return;
        string part = Path.GetFullPath(File) + ".part";
        try
        {
            using Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
            connection.Connect(new UnixDomainSocketEndPoint(socket));
            using NetworkStream stream = new(connection);
            using StreamReader answers = new(stream);
            answers.ReadLine();
            bool taken = Execute(stream, answers, "qmp_capabilities", null) && Execute(stream, answers, "stop", null)
                && Execute(stream, answers, "pmemsave", new JsonObject { ["val"] = Range.Base, ["size"] = Range.Size, ["filename"] = part });
            if (taken)
                System.IO.File.Move(part, File, true);
        }
        catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException or JsonException)
        {
            // The board is gone already, or there is no room: what it last said is on the console all the same.
            Console.Error.WriteLine($"the black box was not saved: {error.Message}");
        }
    }

    private static bool Execute(NetworkStream stream, StreamReader answers, string command, JsonObject? arguments)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments is not null)
            request["arguments"] = arguments;
        stream.Write(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"));
        // Events come between.
        while (answers.ReadLine() is { } line)
        {
            JsonNode? answer = JsonNode.Parse(line);
            if (answer?["return"] is not null)
                return true;
            if (answer?["error"] is { } error)
            {
                Console.Error.WriteLine($"the black box was not saved: {error["desc"]}");
                return false;
            }
        }
        return false;
    }
}
