using System.Globalization;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// Reads QEMU's "-d exec,nochain,in_asm" log: which translated blocks ran, in order, with their lengths. Exact under
/// icount: what QEMU began and took back is not counted.
/// </summary>
/// <remarks>
/// in_asm lists a block's instructions when it is translated, just before its first "Trace" line; later ones are
/// known by the translation's address. nochain makes QEMU pass every single block through the log.
/// </remarks>
public sealed class ExecutionLog(Action<ExecutedBlock> sink)
{
    /// <summary>The line that ends a log whose file stays open.</summary>
    public static ReadOnlySpan<byte> End => "end of log\n"u8;

    private readonly Dictionary<ulong, ulong[]> _blocks = [];
    private readonly List<ulong> _listed = [];
    private ExecutedBlock _last;
    private ulong _lastBlock;
    private SvmExit? _exit;
    private bool _isPending, _isRewound;

    public void Read(TextReader log)
    {
        while (log.ReadLine() is { } line && line != "end of log")
            Line(line);
        Finish();
    }

    public void Line(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("Trace "))
            Trace(line["Trace ".Length..]);
        else if (line.StartsWith("0x"))
            List(line[2..]);
        else if (line.StartsWith("IN:"))
            _listed.Clear();
        else if (line.StartsWith("vmexit("))
            Exited(line["vmexit(".Length..]);
        else if (line.StartsWith("Stopped execution of TB chain before "))
            Stopped(line["Stopped execution of TB chain before ".Length..]);
        else if (line.StartsWith("cpu_io_recompile: rewound"))
            _isRewound = _isPending;
    }

    /// <summary>The last block has no successor to wait for.</summary>
    public void Finish()
    {
        if (_isPending)
            sink(_last);
        _isPending = false;
    }

    // "0x4000000120:  f94007e8  ldr x8, [sp, #8]". Of more than eight bytes the rest is a line of its own, without a word.
    private void List(ReadOnlySpan<char> rest)
    {
        int colon = rest.IndexOf(':');
        if (rest[(colon + 1)..].Trim().IndexOf("  ") >= 0)
            _listed.Add(Hexadecimal(rest[..colon]));
    }

    // "vmexit(0000007b, 0000000003fd0001, 0000000000200b39, 0000000000200b38)!"
    private void Exited(ReadOnlySpan<char> rest)
    {
        ReadOnlySpan<char> info = rest[(rest.IndexOf(',') + 2)..], address = info[(info.IndexOf(',') + 2)..];
        _exit = new SvmExit((uint)Hexadecimal(rest[..rest.IndexOf(',')]), Hexadecimal(info[..info.IndexOf(',')]), Hexadecimal(address[..address.IndexOf(',')]));
    }

    // "Trace 0: 0x7f628c014a40 [0000000000000000/0000004000000120/00000061/ff020200] symbol"
    private void Trace(ReadOnlySpan<char> rest)
    {
        int colon = rest.IndexOf(':'), open = rest.IndexOf('['), slash = rest.IndexOf('/');
        int cpu = int.Parse(rest[..colon], CultureInfo.InvariantCulture);
        ulong block = Hexadecimal(rest[(colon + 4)..(open - 1)]);
        ReadOnlySpan<char> address = rest[(slash + 1)..];
        ulong pc = Hexadecimal(address[..address.IndexOf('/')]);
        // An access to a device must be a block's last instruction: what came before it in the block it was found in counts.
        if (_isRewound && cpu == _last.Cpu && pc >= _last.Address)
            _last = _last with { Instructions = _blocks[_lastBlock].Count(address => address < pc) };
        Finish();
        if (_listed.Count != 0 && _listed[0] == pc)
            _blocks[block] = [.. _listed];
        _listed.Clear();
        if (!_blocks.TryGetValue(block, out ulong[]? known) || known[0] != pc)
            throw new BuildException($"QEMU's log runs a block at {pc:x} that it has not listed");
        (_last, _lastBlock, _exit, _isPending, _isRewound) = (new ExecutedBlock(cpu, pc, known.Length, _exit), block, null, true, false);
    }

    // "0x7f628c014a40 [0000004000000120] symbol": icount's budget was spent, nothing of it ran.
    private void Stopped(ReadOnlySpan<char> rest)
    {
        if (Hexadecimal(rest[2..rest.IndexOf(' ')]) == _lastBlock)
            _isPending = false;
    }

    private static ulong Hexadecimal(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
