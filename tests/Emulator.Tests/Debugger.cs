using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bulkhead.Emulator.Tests;

/// <summary>The other end of QEMU's gdb stub (GDB manual, appendix E): stops CPUs and looks into them.</summary>
public sealed class Debugger : IDisposable
{
    // AArch64's register numbers: x0 to x30, sp, pc.
    private const int Pc = 32;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private Debugger(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <summary>A port that nothing listens on.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits for QEMU to listen; the machine stands still from here on.</summary>
    public static Debugger Connect(int port, TimeSpan patience)
    {
        for (DateTime end = DateTime.UtcNow + patience; ; Thread.Sleep(100))
        {
            try
            {
                Debugger debugger = new(new TcpClient("127.0.0.1", port));
                debugger.Synchronize();
                return debugger;
            }
            catch (SocketException) when (DateTime.UtcNow < end)
            {
            }
        }
    }

    /// <summary>Runs until a CPU is about to execute the instruction at an address. Returns that CPU's thread.</summary>
    public string RunTo(ulong address)
    {
        Ask($"Z0,{address:x},4");
        string stop = Ask("c");
        Ask($"z0,{address:x},4");
        // T05thread:p01.02;
        const string Name = "thread:";
        return stop[(stop.IndexOf(Name, StringComparison.Ordinal) + Name.Length)..].Split(';')[0];
    }

    public IReadOnlyList<string> Threads()
    {
        List<string> threads = [];
        for (string reply = Ask("qfThreadInfo"); reply.StartsWith('m'); reply = Ask("qsThreadInfo"))
            threads.AddRange(reply[1..].Split(','));
        return threads;
    }

    public ulong ReadPc(string thread)
    {
        Ask($"Hg{thread}");
        return BinaryPrimitives.ReverseEndianness(ulong.Parse(Ask($"p{Pc:x}"), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    public void WritePc(string thread, ulong value)
    {
        Ask($"Hg{thread}");
        Ask($"P{Pc:x}={BinaryPrimitives.ReverseEndianness(value):x16}");
    }

    /// <summary>Lets the machine run for a while.</summary>
    public void RunFor(TimeSpan time)
    {
        Send("c");
        Thread.Sleep(time);
        _stream.WriteByte(3);
        Receive();
    }

    /// <summary>Ends QEMU.</summary>
    public void Kill() => Send("k");

    public void Dispose() => _client.Dispose();

    // Some QEMUs tell of the stop that a connection brings, others do not.
    private void Synchronize()
    {
        Send("vMustReplyEmpty");
        while (Receive().Length != 0)
        {
        }
        // Single registers are for those who have read how many there are.
        Ask("qXfer:features:read:target.xml:0,fff");
    }

    private string Ask(string command)
    {
        Send(command);
        return Receive();
    }

    private void Send(string command)
    {
        byte sum = (byte)Encoding.ASCII.GetBytes(command).Sum(character => character);
        _stream.Write(Encoding.ASCII.GetBytes($"${command}#{sum:x2}"));
    }

    private string Receive()
    {
        StringBuilder text = new();
        while (Next() != '$')
        {
        }
        for (char next = Next(); next != '#'; next = Next())
            text.Append(next);
        Next();
        Next();
        _stream.WriteByte((byte)'+');
        return text.ToString();
    }

    private char Next() => _stream.ReadByte() is >= 0 and int value ? (char)value : throw new EndOfStreamException();
}
