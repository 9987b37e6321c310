using Bulkhead.BuildGates;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>The hypervisor's own bug, made by a debugger on one CPU: a report, and then no CPU runs anything.</summary>
[Collection("emulator")]
public class BugTests
{
    private const ulong Nowhere = 0x3f_dead_0000;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_bug_on_one_CPU_stops_all()
    {
        string log = Directory.CreateTempSubdirectory("bulkhead-bug").FullName;
        int port = Debugger.FreePort();
        Task<(int Exit, string Output)> run = Task.Run(() => Board.Bulkhead(
            "run", Board.Probes(("one", 1, "flood"), ("two", 1, "flood"), ("three", 1, "flood"), ("four", 1, "flood")), "--timeout", "300", "--log", log,
            "--expect", "bulkhead=never said", "--", "-gdb", $"tcp:127.0.0.1:{port}"));
        using Debugger debugger = Debugger.Connect(port, TimeSpan.FromMinutes(5));
        ElfFile hypervisor = ElfFile.Open(Path.Combine(Board.Root, "out/arm64/hypervisor.elf"), ElfMachine.Arm64);
        ulong halt = AddressOf(hypervisor, "halt");

        // All four guests say something: all four CPUs run.
        WaitFor(debugger, () => new[] { "one", "two", "three", "four" }.All(guest => Read(log, guest).Contains("flood 3 ")));
        string broken = debugger.RunTo(AddressOf(hypervisor, "HandleInterrupt"));
        debugger.WritePc(broken, Nowhere);
        WaitFor(debugger, () => Read(log, "bulkhead").Contains("BUG: exception in the hypervisor; the board stops"));
        // The loop that halts has two instructions.
        WaitFor(debugger, () => debugger.Threads().All(thread => debugger.ReadPc(thread) - halt < 8));
        debugger.Kill();

        await run;
        Assert.Contains($"ELR_EL2 0x{Nowhere:x}", Read(log, "bulkhead"));
        Assert.Single(Read(log, "bulkhead").Split("BUG:").Skip(1));
    }

    private static void WaitFor(Debugger debugger, Func<bool> condition)
    {
        for (DateTime end = DateTime.UtcNow + _patience; !condition(); debugger.RunFor(TimeSpan.FromMilliseconds(200)))
            Assert.True(DateTime.UtcNow < end, "it does not come");
    }

    private static ulong AddressOf(ElfFile file, string symbol) => file.Symbols.First(candidate => candidate.Name == symbol).Value;

    private static string Read(string folder, string console)
    {
        string path = Path.Combine(folder, console + ".log");
        if (!File.Exists(path))
            return "";
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
