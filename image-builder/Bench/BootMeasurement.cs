using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What the hypervisor executes between a stock Debian guest's first instruction and its first one in userspace.</summary>
public static class BootMeasurement
{
    private const string Guest = "linux";
    private const ushort Executable = 2;

    public static BenchSection Run(BenchBoard board) => new("A Debian guest's boot", string.Join("\n", board.Boots.Select(boot => Run(board, boot))));

    private static string Run(BenchBoard board, BootAim aim)
    {
        using BenchWorkspace work = BenchWorkspace.Build($"""
            appliance: boot
            board: {board.Name}
            guests:
              {Guest}:
                cpus: [0]
                memory: 256 MiB
                linux:
                  package: {board.Kernel}
                  cmdline: console={board.Console} {aim.Words}
            """, 1);
        Script script = new(Guest);
        script.Expect(new Regex($"^bulkhead: {Guest} is up", RegexOptions.Multiline));
        Routines symbols = work.Symbols;
        ExitTally tally = new(symbols, ExitKinds.Of(work.Appliance.Board.Architecture, symbols));
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols)], [script]);
        run.GoTo(symbols.AddressOf(board.Enter));
        Task counting = run.Count(tally.Add);
        run.GoTo(EntryOf(work.Shell()));
        run.StopCounting(counting);
        tally.Finish();
        int printed = work.Console(Guest).Length;
        if (run.Finish() is not RunEnd.Seen)
            throw new BuildException("the Debian guest did not come up");
        // The kernel's last line before userspace, which may have been on its way; with "quiet" there is none.
        string console = work.Console(Guest);
        int last = console.IndexOf("Run /init as init process", StringComparison.Ordinal);
        return new BootFigures(aim, tally, last < 0 ? printed : console.IndexOf('\n', last) + 1).Table();
    }

    private static ulong EntryOf(string elf)
    {
        byte[] header = new byte[64];
        using FileStream file = File.OpenRead(elf);
        file.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(16)) != Executable)
            throw new BuildException($"{elf} is loaded at another address each time: its first instruction cannot be watched");
        return BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(24));
    }
}
