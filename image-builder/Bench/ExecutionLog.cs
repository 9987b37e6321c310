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

    private const int VmrunSize = 3;

    private readonly Dictionary<ulong, ulong[]> _blocks = [];
    private readonly List<ulong> _listed = [];
    private ExecutedBlock _last;
    private ulong _lastBlock;
    // Exits whose first block has not run, with their CPU where it is known; and where VMRUN goes on.
    private readonly List<(SvmExit Exit, int? Cpu)> _exits = [];
    private readonly HashSet<ulong> _returns = [];
    private bool _isPending, _isRewound, _isExitFresh;

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
        if (rest.IndexOf("  vmrun") >= 0)
            _returns.Add(Hexadecimal(rest[..colon]) + VmrunSize);
    }

    // "vmexit(0000007b, 0000000003fd0001, 0000000000200b39, 0000000000200b38)!"
    private void Exited(ReadOnlySpan<char> rest)
    {
        ReadOnlySpan<char> info = rest[(rest.IndexOf(',') + 2)..], address = info[(info.IndexOf(',') + 2)..];
        _exits.Add((new SvmExit((uint)Hexadecimal(rest[..rest.IndexOf(',')]), Hexadecimal(info[..info.IndexOf(',')]), Hexadecimal(address[..address.IndexOf(',')])), null));
        _isExitFresh = true;
    }

    // icount may let other CPUs run between an exit and its first block.
    private SvmExit? Take(int cpu, ulong pc)
    {
        bool isFresh = _isExitFresh;
        _isExitFresh = false;
        if (_returns.Count != 0 && !_returns.Contains(pc))
            return null;
        int index = _exits.FindIndex(one => one.Cpu == cpu);
        if (index < 0)
            index = isFresh ? _exits.Count - 1 : _exits.FindIndex(one => one.Cpu is null);
        if (index < 0)
            return null;
        SvmExit exit = _exits[index].Exit;
        _exits.RemoveAt(index);
        return exit;
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
        (_last, _lastBlock, _isPending, _isRewound) = (new ExecutedBlock(cpu, pc, known.Length, Take(cpu, pc)), block, true, false);
    }

    // "0x7f628c014a40 [0000004000000120] symbol": icount's budget was spent, nothing of it ran.
    private void Stopped(ReadOnlySpan<char> rest)
    {
        if (Hexadecimal(rest[2..rest.IndexOf(' ')]) != _lastBlock || !_isPending)
            return;
        _isPending = false;
        if (_last.Exit is { } exit)
            _exits.Insert(0, (exit, _last.Cpu));
    }

    private static ulong Hexadecimal(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
