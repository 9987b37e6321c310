using System.Diagnostics;
using System.Text;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>A run at a terminal: the guests' states in its last row, and at Ctrl-T s.</summary>
[Collection("emulator")]
public class StatusRowTests
{
    private readonly StringBuilder _screen = new();

    [Fact]
    public async Task A_terminal_shows_what_becomes_of_the_guests()
    {
        string manifest = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-test").FullName, "appliance.yaml");
        File.WriteAllText(manifest, """
            appliance: states
            board: qemu-virt-arm64
            guests:
              again: {cpus: [0], memory: 4 MiB, restart: {on: [reset], delay: 3 s, limit: 1 per 24 h}, kernel: {project: probe, cmdline: scenario=again}}
              witness: {cpus: [1], memory: 4 MiB, kernel: {project: witness}}
            """);
        // script(1) is the terminal.
        ProcessStartInfo start = new("script", ["-qec", $"{Path.Combine(Board.Root, "bulkhead")} run {manifest} --timeout 120", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Board.Root,
        };
        start.Environment["BULKHEAD_COMPILED"] = "1";
        using Process process = Process.Start(start)!;
        await Until(process, "\e[7m again restarting 1    witness running \e[0m");
        await Until(process, "\e[7m again safe-stop    witness running \e[0m");
        await Type(process, "\u0014s");
        await Until(process, "again           safe-stop       started 2 times\r");
        await Until(process, "\nwitness         running         started 1 times\r");
        await Type(process, "\u0014q");
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task Type(Process process, string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    private async Task Until(Process process, string wanted)
    {
        char[] buffer = new char[4096];
        while (!_screen.ToString().Contains(wanted, StringComparison.Ordinal))
        {
            int count = await process.StandardOutput.ReadAsync(buffer);
            Assert.True(count != 0, $"not seen: {wanted}\n{_screen}");
            _screen.Append(buffer.AsSpan(0, count));
        }
    }
}
