using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.ImageBuilder.Signing;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// What bringing a bundle in takes: bulkheadctl in a stock Debian sends the beginning of one by the second UART, and goes on
/// with it by the mailbox.
/// </summary>
public static class ChannelsMeasurement
{
    private const string Guest = "gateway", Unit = "app", Over = "the mailbox's part is over";
    // What bulkheadctl sends of a bundle that ends there: the header, and whole commands.
    private const int ByUart = 4096 + 40 * 192;
    private const int Extra = 400 << 10;
    private const string Uart = "control UART", Mailbox = "mailbox";

    public static BenchSection Run(BenchBoard board)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("bulkhead-channels");
        try
        {
            return Run(board, Path.Combine(folder.FullName, "initrd"), Path.Combine(folder.FullName, "bundle"));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static BenchSection Run(BenchBoard board, string initrd, string bundle)
    {
        byte[] content = new byte[Extra];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(initrd, content);
        File.WriteAllBytes(bundle, []);
        using (BenchWorkspace first = BenchWorkspace.Build(Manifest(board, initrd, bundle), 2))
            File.WriteAllBytes(bundle, PackageCommand.Make(first.Appliance, [Unit], ExternalSigning.None, new StepProgress()));
        using BenchWorkspace work = BenchWorkspace.Build(Manifest(board, initrd, bundle), 2);
        Script script = new(Guest);
        script.Expect(new Regex($"^{Over}", RegexOptions.Multiline));
        Routines symbols = work.Symbols;
        ExitTally tally = new(symbols, ExitKinds.Of(work.Appliance.Board.Architecture, symbols));
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols)], [script]);
        run.GoTo(symbols.AddressOf("HvCore_Bulkhead_Update_UpdateSession__Begin"));
        Task counting = run.Count(tally.Add);
        run.GoUntil(() => work.Console(Guest).Contains(Over, StringComparison.Ordinal));
        run.StopCounting(counting);
        run.End();
        tally.Finish();
        if (!work.Console(Guest).Contains("verified", StringComparison.Ordinal))
            throw new BuildException($"the bundle was not verified; the guest said:\n{work.Console(Guest)}");
        Dictionary<string, ExitCount> exits = new(tally.Exits);
        long rest = new FileInfo(bundle).Length - ByUart;
        StringBuilder table = new();
        table.AppendLine(CultureInfo.InvariantCulture, $"A bundle of {rest + ByUart:N0} bytes, by bulkheadctl in a stock Debian: {ByUart:N0} bytes by the second UART, the rest by the mailbox, which then has all of it verified. Writing the slot and its digest are among the instructions.");
        table.AppendLine();
        table.AppendLine("| channel | bytes | exits | exits per KiB | hypervisor instructions per KiB |");
        table.AppendLine("|---|---|---|---|---|");
        table.AppendLine(Row("second UART", ByUart, exits[Uart]));
        table.AppendLine(Row("mailbox", rest, exits[Mailbox]));
        return new("A control guest's ways to the update service", table.ToString());
    }

    private static string Row(string name, long bytes, ExitCount count) => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {bytes:N0} | {count.Exits:N0} | {count.Exits * 1024.0 / bytes:N2} | {count.Instructions * 1024 / bytes:N0} |");

    private static string Manifest(BenchBoard board, string initrd, string bundle) => $$"""
        appliance: channels
        board: {{board.Name}}
        guests:
          {{Guest}}:
            cpus: [0]
            memory: 256 MiB
            slot: 16 MiB
            role: control
            linux:
              package: {{board.Kernel}}
              cmdline: console={{board.Console}} quiet
              initramfs:
                files: {/bundle: {{bundle}}}
                init: |
                  head -c {{ByUart}} /bundle | bulkheadctl --uart update -
                  bulkheadctl update /bundle
                  echo "{{Over}}"
          {{Unit}}:
            cpus: [1]
            memory: 16 MiB
            autostart: false
            kernel:
              project: probe
              initrd: {{initrd}}
              cmdline: scenario=hello
              compression: none
        """;
}
