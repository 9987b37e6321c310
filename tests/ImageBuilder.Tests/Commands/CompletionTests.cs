using System.Diagnostics;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>The completion scripts in the shells they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-completion").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData("re", "relock")]
    [InlineData("b", "bench blackbox build")]
    [InlineData("run --expe", "--expect")]
    [InlineData("run --board qemu-v", "qemu-virt-arm64")]
    [InlineData("--yes run --ti", "--timeout")]
    [InlineData("run x.yaml --y", "--yes")]
    [InlineData("completion ", "bash zsh")]
    [InlineData("inspect --j", "--json")]
    [InlineData("run --timeout ", "")]
    [InlineData("build --o", "--output")]
    [InlineData("explain BH001", "BH0010 BH0011 BH0012 BH0013 BH0014 BH0015 BH0016 BH0017 BH0018 BH0019")]
    [InlineData("run Appl", "Appliance.sln")]
    [InlineData("check partitions/de", "partitions/demo")]
    [InlineData("check --xyz", "")]
    public void In_bash(string typed, string expected)
    {
        string[] words = ("./bulkhead " + typed).Split(' ');
        string script = Source("bash") + $$"""

            COMP_WORDS=({{string.Join(' ', words.Select(word => $"'{word}'"))}}); COMP_CWORD={{words.Length - 1}}
            eval "$(complete -p ./bulkhead | sed 's/.*-F \([^ ]*\) .*/\1/')" ./bulkhead
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal(expected, string.Join(' ', Shell("bash", script).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    // A zsh at a terminal of its own: the key completes, shows the line and begins a new one.
    [Theory]
    [InlineData("rel", "relock ")]
    [InlineData("run --expe", "run --expect ")]
    [InlineData("run --board qemu-v", "run --board qemu-virt-arm64 ")]
    [InlineData("--yes run --ti", "--yes run --timeout ")]
    [InlineData("completion z", "completion zsh ")]
    [InlineData("check partitions/de", "check partitions/demo/")]
    [InlineData("explain BH0", "explain BH0")]
    public void In_zsh(string typed, string expected)
    {
        string show = "show() { zle complete-word; print -r -- \\\"RESULT:\\$BUFFER:\\\"; zle send-break }; zle -N show; bindkey '^T' show";
        string script = $$"""
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z "PS1=; autoload -U compinit; compinit -D -u; {{Source("zsh")}}; {{show}}; print REA''DY"
            zpty -r -m z out '*READY*'
            zpty -n -w z './bulkhead {{typed}}'$'\x14'
            zpty -r -m z out '*RESULT:*:*'
            print -r -- "${${out##*RESULT:}%:*}"
            """;
        Assert.Equal($"./bulkhead {expected}", Shell("zsh", script).TrimEnd('\n'));
    }

    [Fact]
    public void Every_command_is_in_both()
    {
        string help = CommandLine.Run("--help").Output;
        string[] commands = [.. help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(line => line.Trim().Split(' ')[0])];
        Assert.Contains("run", commands);
        foreach (string shell in new[] { "bash", "zsh" })
        {
            string script = CommandLine.Run("completion", shell).Output;
            Assert.All(commands, command => Assert.Contains($"{command})", script, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Another_shell_is_refused() => Assert.Equal(2, CommandLine.Run("completion", "fish").Exit);

    private string Source(string shell)
    {
        string file = Path.Combine(_folder, "completion");
        (int exit, string output, string errors) = CommandLine.Run("completion", shell);
        Assert.Equal((0, ""), (exit, errors));
        File.WriteAllText(file, output);
        return $"source {file}";
    }

    private static string Shell(string shell, string script)
    {
        using Process process = Process.Start(new ProcessStartInfo("timeout", ["--foreground", "300", shell, "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = CommandLine.Root })!;
        (int exit, string output, string errors) = CommandLine.End(process);
        Assert.Equal("", errors);
        return output;
    }
}
