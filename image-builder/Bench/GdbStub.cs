using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// The few words of GDB's remote serial protocol (GDB manual, appendix E) that stop QEMU at an address and give its
/// monitor a command.
/// </summary>
public sealed class GdbStub : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;

    /// <summary>Waits until QEMU listens there.</summary>
    public GdbStub(string path, Func<bool> hasEnded)
    {
        DateTime last = DateTime.UtcNow + Patience;
        while (true)
        {
            // A socket that has failed to connect cannot try again.
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                _socket = socket;
                return;
            }
            catch (SocketException) when (!hasEnded() && DateTime.UtcNow < last)
            {
                socket.Dispose();
                Thread.Sleep(20);
            }
        }
    }

    public void SetBreakpoint(ulong address) => Ask($"Z1,{address:x},4");

    public void RemoveBreakpoint(ulong address) => Ask($"z1,{address:x},4");

    /// <summary>Runs the board until it stops.</summary>
    public void Continue()
    {
        Send("c");
        if (Receive() is not ['T' or 'S', ..] and var reply)
            throw new BuildException($"QEMU did not stop at a breakpoint but said '{reply}'");
    }

    /// <summary>Runs the board and does not wait.</summary>
    public void Go() => Send("c");

    /// <summary>Stops a running board.</summary>
    public void Interrupt()
    {
        _socket.Send([3]);
        Receive();
    }

    /// <summary>A command of QEMU's monitor, without its answer.</summary>
    public void Monitor(string command)
    {
        Send("qRcmd," + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(command)));
        while (Receive() is ['O', not 'K', ..])
        {
        }
    }

    /// <summary>Ends QEMU, which does not answer any more.</summary>
    public void Quit() => Send("qRcmd," + Convert.ToHexStringLower("quit"u8));

    public void Dispose() => _socket.Dispose();

    private void Ask(string packet)
    {
        Send(packet);
        if (Receive() is not "OK" and var reply)
            throw new BuildException($"QEMU answered '{reply}' to '{packet}'");
    }

    private void Send(string text)
    {
        int sum = Encoding.ASCII.GetBytes(text).Sum(value => value) & 0xFF;
        _socket.Send(Encoding.ASCII.GetBytes($"${text}#{sum.ToString("x2", CultureInfo.InvariantCulture)}"));
    }

    private string Receive()
    {
        // '+' acknowledges what we sent.
        while (Byte() != '$')
        {
        }
        StringBuilder text = new();
        for (char letter = Byte(); letter != '#'; letter = Byte())
            text.Append(letter);
        Byte();
        Byte();
        _socket.Send("+"u8);
        return text.ToString();
    }

    private char Byte()
    {
        byte[] one = new byte[1];
        return _socket.Receive(one) == 1 ? (char)one[0] : throw new BuildException("QEMU ended before the measurement did");
    }
}
