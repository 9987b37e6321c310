using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>bulkhead run with an emulator that is a shell script: what a user sees, and every way to end.</summary>
public sealed class RunTests : IDisposable
{
    private const string Boot = """printf '\036bulkhead| board up\r\n\036app| login: \037\r\n\036pulse| pulse: t=1s\r\n'""";
    // A guest that answers: its line comes with Ctrl-T 2 before it.
    private const string Echo = Boot + """; stty -echo 2>/dev/null; IFS= read -r line; printf '\036app| got %s\r\n' "$line"; exec sleep 600""";

    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-run").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void What_was_expected_ends_it_with_0()
    {
        (int exit, string output, string errors) = Run(Boot + "; exec sleep 600", "--expect", "app=login: $", "--expect", "pulse=t=[0-9]+s", "--expect", "bulkhead=up");
        Assert.Equal((0, ""), (exit, errors));
        Assert.Equal("bulkhead | board up\napp      | login: \npulse    | pulse: t=1s\n", output);
    }

    [Fact]
    public void A_text_is_typed_into_its_guest()
    {
        (int exit, string output, _) = Run(Echo, "--expect", "app=login: ", "--send", @"app=root\n", "--expect", "app=got .*root");
        Assert.Equal(0, exit);
        Assert.Contains("app      | login: got 2root\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_seen_is_named()
    {
        (int exit, _, string errors) = Run(Boot, "--expect", "app=login: ", "--expect", "pulse=t=2s", "--send", "app=x", "--expect", "app=later");
        Assert.Equal(6, exit);
        Assert.Equal("not seen: pulse=t=2s\nnot seen: app=later\n", string.Concat(errors.Split('\n').OrderDescending().Select(line => line + "\n")).Trim('\n') + "\n");
    }

    [Theory]
    [InlineData("exit 0", 0, "")]
    [InlineData("echo 'qemu: no such machine' >&2; exit 1", 1, "qemu: no such machine\n")]
    public void It_ends_as_the_board_does(string body, int exit, string errors)
    {
        (int got, _, string said) = Run(Boot + "; " + body);
        Assert.Equal((exit, errors), (got, said));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6, "--expect", "app=never")]
    public void It_ends_when_time_runs_out(int exit, params string[] words) => Assert.Equal(exit, Run("exec sleep 600", [.. words, "--timeout", "0.5"]).Exit);

    [Fact]
    public void Logs_hold_each_console_and_the_whole_line()
    {
        string logs = Path.Combine(_folder, "logs");
        Run(Boot, "--log", logs);
        Assert.Equal(["app.log", "bulkhead.log", "pulse.log", "raw.log"], Directory.GetFiles(logs).Select(Path.GetFileName).Order());
        Assert.Equal("login: ", File.ReadAllText(Path.Combine(logs, "app.log")));
        Assert.StartsWith("\u001ebulkhead| board up\r\n\u001eapp| ", File.ReadAllText(Path.Combine(logs, "raw.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_under_the_logs_ends_it_with_its_name()
    {
        string logs = Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;
        File.CreateSymbolicLink(Path.Combine(logs, "app.log"), "/dev/full");
        (int exit, _, string errors) = Run(Boot + "; exec sleep 600", "--log", logs);
        Assert.Equal(1, exit);
        Assert.Contains("No space left on device", errors, StringComparison.Ordinal);
        Assert.Contains("app.log", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 130)]
    [InlineData("HUP", 130)]
    [InlineData("KILL", 137)]
    public void No_emulator_outlives_it(string signal, int exit)
    {
        string pid = Path.Combine(_folder, "pid");
        using Process tool = CommandLine.Start([], Words($"{Boot}; echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600"));
        while (!File.Exists(pid) && !tool.HasExited)
            Thread.Sleep(20);
        // The first output shows that the run has begun.
        Assert.NotNull(tool.StandardOutput.ReadLine());
        using Process emulator = Process.GetProcessById(int.Parse(File.ReadAllText(pid)));
        using (Process kill = Process.Start("kill", ["-" + signal, $"{tool.Id}"]))
            kill.WaitForExit();
        Assert.Equal(exit, CommandLine.End(tool).Exit);
        Assert.True(emulator.WaitForExit(60_000));
    }

    // At a terminal of its own: every key goes to the board as it is, but what follows Ctrl-T.
    [Fact]
    public void At_a_terminal_keys_go_to_a_guest_and_Ctrl_T_is_ours()
    {
        string bytes = Path.Combine(_folder, "bytes");
        string words = string.Join(' ', CommandLine.Words(Words($"{Boot}; exec cat > {bytes}")).Select(word => $"'{word}'"));
        ProcessStartInfo start = new("timeout", ["--foreground", "300", "script", "-qefc", $"stty -a | md5sum; {words}; echo ended $?; stty -a | md5sum", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = CommandLine.Root,
        };
        start.Environment["BULKHEAD_ROOT"] = CommandLine.Root;
        using Process terminal = Process.Start(start)!;
        string seen = Until(terminal, "q end");
        Type(terminal, "ls\r\u0003");
        UntilFile(bytes, 4);
        Type(terminal, "\u0014\r");
        seen += Until(terminal, "1 gateway (has the keyboard)   2 app   3 pulse");
        Type(terminal, "\u00142x\u0014\u0014");
        UntilFile(bytes, 9);
        Type(terminal, "\u0014?");
        seen += Until(terminal, "2 app (has the keyboard)");
        Type(terminal, "\u0014q");
        seen += terminal.StandardOutput.ReadToEnd();
        Assert.Equal("ls\r\u0003\u00142x\u0014\u0014", File.ReadAllText(bytes));
        Assert.Contains("ended 0", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[?1h", seen, StringComparison.Ordinal);
        string[] settings = [.. seen.Split('\n').Where(line => line.TrimEnd().EndsWith("  -", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.Equal(2, settings.Length);
        Assert.Equal(settings[0], settings[1]);

        static void Type(Process into, string keys)
        {
            into.StandardInput.Write(keys);
            into.StandardInput.Flush();
        }

        static string Until(Process from, string text)
        {
            StringBuilder read = new();
            while (!read.ToString().Contains(text, StringComparison.Ordinal))
            {
                int value = from.StandardOutput.Read();
                Assert.True(value >= 0, $"'{text}' was not shown, but: {read}");
                read.Append((char)value);
            }
            return read.ToString();
        }

        static void UntilFile(string file, long length)
        {
            for (int i = 0; i < 5000 && !(File.Exists(file) && new FileInfo(file).Length >= length); i++)
                Thread.Sleep(20);
        }
    }

    [Fact]
    public void A_reader_that_has_gone_ends_it()
    {
        using Process tool = CommandLine.Start([], Words("while sleep 0.05; do " + Boot + "; done"));
        Assert.NotNull(tool.StandardOutput.ReadLine());
        tool.StandardOutput.Close();
        Assert.True(tool.WaitForExit(100_000));
        Assert.Equal(1, tool.ExitCode);
    }

    [Fact]
    public void A_missing_emulator_is_named()
    {
        (int exit, _, string errors) = CommandLine.Run("run", "--image", Image, "--qemu", "/nowhere/qemu");
        Assert.Equal(4, exit);
        Assert.Contains("/nowhere/qemu", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--qemu")]
    [InlineData("--bochs", "--board", "bochs")]
    public void A_missing_emulator_is_named_before_anything_is_built(string option, params string[] words)
    {
        (int exit, string output, string errors) = CommandLine.Run(["run", option, "/nowhere/emulator", .. words]);
        Assert.Equal((4, "", "error: there is no /nowhere/emulator\n"), (exit, output, errors));
    }

    [Theory]
    [InlineData(FirstStageConfig.Offset, "--qemu")]
    [InlineData(FirstStageConfig.OffsetInElf, "--board", "bochs", "--bochs")]
    public void An_emulator_that_cannot_be_started_leaves_nothing_behind(int offset, params string[] words)
    {
        string image = Path.Combine(_folder, "image"), emulator = Path.Combine(_folder, "emulator");
        File.WriteAllBytes(image, With(offset));
        File.WriteAllText(emulator, "no program");
        (int exit, string output, string errors) = CommandLine.Run([("TMPDIR", Temporary)], ["run", "--image", image, .. words, emulator]);
        Assert.Equal((4, ""), (exit, output));
        Assert.Contains($"cannot start {emulator}: ", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Temporary, "bulkhead-*"));
    }

    [Fact]
    public void A_Bochs_that_ends_at_once_leaves_nothing_behind()
    {
        string image = Path.Combine(_folder, "image");
        File.WriteAllBytes(image, With(FirstStageConfig.OffsetInElf));
        (int exit, _, string errors) = CommandLine.Run([("TMPDIR", Temporary)], "run", "--image", image, "--board", "bochs", "--bochs", CommandLine.Script(_folder, "bochs", "exit 1"));
        Assert.Equal(5, exit);
        Assert.Contains("Bochs did not start its board: no log", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Temporary, "bulkhead-*"));
    }

    [Theory]
    [InlineData("qemu-virt-arm64", FirstStageConfig.OffsetInElf)]
    [InlineData("qemu-q35", FirstStageConfig.Offset)]
    [InlineData("qemu-q35", null)]
    public void An_image_that_is_none_or_another_boards_is_not_started(string board, int? offset)
    {
        string file = Path.Combine(_folder, "other");
        File.WriteAllBytes(file, offset is { } at ? With(at) : "no image"u8.ToArray());
        (int exit, string output, string errors) = CommandLine.Run("run", "--board", board, "--image", file, "--qemu", CommandLine.Script(_folder, "qemu", "exit 0"), "--timeout", "5");
        Assert.Equal((5, ""), (exit, output));
        Assert.Contains($"board '{board}'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_is_printed_and_nothing_built()
    {
        string image = Path.Combine(_folder, "it's here.img");
        (int exit, string output, string errors) = CommandLine.Run("run", "--print-command", "--image", image, "--qemu", "/nowhere/qemu", "--", "-d", "int,exec", "-trace", "a b");
        Assert.Equal((0, ""), (exit, errors));
        Assert.False(File.Exists(image));
        Assert.StartsWith("/nowhere/qemu -M virt,", output, StringComparison.Ordinal);
        Assert.EndsWith("-d int,exec -trace 'a b'\n", output, StringComparison.Ordinal);
        // A shell reads it as it was meant.
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", output.Replace("/nowhere/qemu", "printf '%s\\n'", StringComparison.Ordinal)]) { RedirectStandardOutput = true })!;
        Assert.Contains(shell.StandardOutput.ReadToEnd().Split('\n'), word => word.Contains($"filename={image},", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--expect 'ap=x': there is no console `ap`; did you mean `app`?", "--expect", "ap=x")]
    [InlineData("--expect 'app': wants GUEST=REGEX", "--expect", "app")]
    [InlineData("--send 'bulkhead=x': there is no console `bulkhead`", "--send", "bulkhead=x")]
    [InlineData("--send 'app=\\q': '\\q' is none of", "--send", "app=\\q")]
    [InlineData("--expect 'app=(': Invalid pattern", "--expect", "app=(")]
    [InlineData("--timeout wants more than 0 seconds", "--timeout", "0")]
    [InlineData("--timeout wants a number, not 'soon'", "--timeout", "soon")]
    [InlineData("'--bord'", "manifest.yaml", "--bord", "x")]
    public void Wrong_usage_says_what_is_wrong_before_anything_is_built(string message, params string[] words)
    {
        (int exit, _, string errors) = CommandLine.Run(["run", .. words]);
        Assert.Equal(2, exit);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    // Where a run puts what goes when it ends.
    private string Temporary => Directory.CreateDirectory(Path.Combine(_folder, "temporary")).FullName;

    private string Image
    {
        get
        {
            string file = Path.Combine(_folder, "image");
            File.WriteAllBytes(file, With(FirstStageConfig.Offset));
            return file;
        }
    }

    // An image with a first stage's settings at that place, and nothing else.
    private static byte[] With(int offset)
    {
        byte[] image = new byte[256 << 10];
        GptPartition stage = new(ImageLayout.FirstStageName, 64 << 10, 64 << 10);
        Gpt.Write(image, [stage], [1], []);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan((int)stage.Offset + offset), FirstStageConfig.ExpectedMagic);
        return image;
    }

    private (int Exit, string Output, string Errors) Run(string emulator, params string[] words) => CommandLine.Run([.. Words(emulator), .. words]);

    private string[] Words(string emulator) => ["run", "--image", Image, "--qemu", CommandLine.Script(_folder, "qemu", emulator)];
}
