using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What a build or run needs of this machine, and its installation from Debian's packages.</summary>
public static class Prerequisites
{
    /// <summary>Tool on the PATH, and the Debian package it comes in.</summary>
    public static readonly (string Tool, string Package)[] Needed =
    [
        ("clang", "clang"), ("ld.lld", "lld"), ("llvm-objcopy", "llvm"), ("qemu-system-aarch64", "qemu-system-arm"),
        ("sgdisk", "gdisk"), ("dtc", "device-tree-compiler"), ("cpio", "cpio"),
    ];

    public static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append("/usr/sbin").Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    /// <summary>True when everything is there, perhaps after installing it.</summary>
    public static bool Ensure(bool yes)
    {
        string[] missing = Needed.Where(need => Find(need.Tool) is null).Select(need => need.Package).Distinct().ToArray();
        if (missing.Length == 0)
            return true;
        Console.Error.WriteLine($"missing: {string.Join(", ", missing)} (Debian packages)");
        bool root = Environment.UserName == "root";
        if (!yes)
        {
            if (Console.IsInputRedirected)
            {
                Console.Error.WriteLine("install them, or say --yes");
                return false;
            }
            Console.Error.Write($"install them now{(root ? "" : " with sudo")}? [y/N] ");
            if (Console.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes"))
                return false;
        }
        return Apt(root, "update") && Apt(root, ["install", "-y", "--no-install-recommends", .. missing])
            && Needed.All(need => Find(need.Tool) is not null);
    }

    private static bool Apt(bool root, params string[] arguments)
    {
        ProcessStartInfo start = root ? new("apt-get", ["-q", .. arguments]) : new("sudo", ["apt-get", "-q", .. arguments]);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        // apt's own talk belongs beside ours, not into a command's output.
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line)
            Console.Error.WriteLine($"  {line}");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
