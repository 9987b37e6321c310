using System.Diagnostics;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>A command that is told to end while a program that it has started works. (RunTests has the same for runs.)</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-interrupted").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void It_takes_the_program_with_it(string signal)
    {
        string pid = Path.Combine(_folder, "pid");
        CommandLine.Script(_folder, "clang", $"echo $$ > {pid}.new; /bin/mv {pid}.new {pid}; exec /bin/sleep 600");
        using Process tool = CommandLine.Start([("PATH", _folder)], "doctor");
        while (!File.Exists(pid) && !tool.HasExited)
            Thread.Sleep(20);
        using Process program = Process.GetProcessById(int.Parse(File.ReadAllText(pid)));
        using (Process kill = Process.Start("kill", ["-" + signal, $"{tool.Id}"]))
            kill.WaitForExit();
        Assert.Equal(130, CommandLine.End(tool).Exit);
        Assert.True(program.WaitForExit(60_000));
    }
}
