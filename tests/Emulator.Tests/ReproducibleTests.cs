using System.Diagnostics;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>The same sources give the same bytes, all the way from the compiler: in another folder, by another user, on another day.</summary>
[Collection("emulator")]
public class ReproducibleTests
{
    private const string Nobody = "65534";

    [Fact]
    public void Another_clock_path_and_user_build_the_same_image()
    {
        string manifest = Board.Probes(("probe", 1, "hello"));
        string here = Path.Combine(Path.GetDirectoryName(manifest)!, "here.img");
        (int exit, string output) = Board.Bulkhead("build", manifest, "-o", here);
        Assert.True(exit == 0, output);

        string elsewhere = Directory.CreateTempSubdirectory("bulkhead-elsewhere").FullName;
        try
        {
            string there = Path.Combine(elsewhere, "there.img");
            (exit, output) = Elsewhere(elsewhere, manifest, there);
            Assert.True(exit == 0, output);
            Assert.Equal(File.ReadAllBytes(here), File.ReadAllBytes(there));
        }
        finally
        {
            Directory.Delete(elsewhere, true);
        }
    }

    private static (int Exit, string Output) Elsewhere(string folder, string manifest, string image)
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        // What is compiled, and nothing of what compiling left; the packages are the same for every user, and here nobody's own.
        Sh($"""
            set -e
            mkdir '{folder}/clone' '{folder}/home'
            cd '{Board.Root}'
            git ls-files -coz --exclude-standard | while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done | xargs -0 cp --parents -t '{folder}/clone'
            cp -r '{packages}' '{folder}/packages'
            cp '{manifest}' '{folder}/appliance.yaml'
            chmod -R a+rX,u+w '{folder}'
            if [ "$(id -u)" = 0 ]; then chown -R {Nobody}:{Nobody} '{folder}'; fi
            """);
        string[] build =
        [
            "env", $"HOME={folder}/home", $"NUGET_PACKAGES={folder}/packages", "TZ=Pacific/Auckland", "LC_ALL=C",
            // Timeouts go by the clock that is not faked, and libfaketime leaves their ends alone: without the second word it takes
            // 400 days off each, and a wait of minutes is over at once. No server of the compiler's stays behind in the future.
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0", "UseSharedCompilation=false", "MSBUILDDISABLENODEREUSE=1", "BULKHEAD_COMPILED=0",
            "faketime", "-f", "+400d", $"{folder}/clone/bulkhead", "build", $"{folder}/appliance.yaml", "-o", image,
        ];
        return Run([.. OtherUser(folder), .. build]);
    }

    /// <summary>Words that run a command as somebody else, where this machine lets us: root becomes nobody, others root of a namespace.</summary>
    private static string[] OtherUser(string folder)
    {
        string[] words = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"]
            : ["unshare", "--user", "--map-root-user"];
        return Run([.. words, "env", $"HOME={folder}/home", "dotnet", "--version"]).Exit == 0 ? words : [];
    }

    private static void Sh(string script)
    {
        (int exit, string output) = Run("bash", "-c", script);
        Assert.True(exit == 0, output);
    }

    private static (int Exit, string Output) Run(params string[] words)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                WorkingDirectory = "/",
            })!;
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (127, $"{words[0]}: {error.Message}");
        }
    }
}
