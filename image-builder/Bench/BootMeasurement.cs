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

    private const string Manifest = $"""
        appliance: boot
        board: qemu-virt-arm64
        guests:
          {Guest}:
            cpus: [0]
            memory: 256 MiB
            linux:
              package: linux-image-cloud-arm64
              cmdline: console=ttyAMA0 loglevel=7
        """;

    public static BenchSection Run()
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest, 1);
        Script script = new(Guest);
        script.Expect(new Regex($"^bulkhead: {Guest} is up", RegexOptions.Multiline));
        BoardSymbols symbols = work.Symbols;
        ExitTally tally = new(symbols);
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols)], [script]);
        run.GoTo(symbols.AddressOf("EnterGuest"));
        Task counting = run.Count(tally.Add);
        run.GoTo(EntryOf(work.Shell()));
        run.StopCounting(counting);
        tally.Finish();
        if (run.Finish() is not RunEnd.Seen)
            throw new BuildException("the Debian guest did not come up");
        // The kernel's last line before userspace.
        return new BootFigures(tally, BytesThrough(work.Console(Guest), "Run /init as init process")).Section();
    }

    private static int BytesThrough(string console, string last)
    {
        int line = console.IndexOf(last, StringComparison.Ordinal);
        return line < 0 ? throw new BuildException($"the guest never printed '{last}'") : console.IndexOf('\n', line) + 1;
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
