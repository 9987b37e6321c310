using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What a build or run needs of this machine, and its installation from Debian's packages.</summary>
public static class Prerequisites
{
    /// <summary>Tool on the PATH, the Debian package it comes in, what wants it and for what.</summary>
    public static readonly (string Tool, string Package, Purpose Purpose, string Use)[] Needed =
    [
        ("clang", "clang", Purpose.Build, "assembles what is not C#"),
        ("ld.lld", "lld", Purpose.Build, "links what runs on the board"),
        ("llvm-objcopy", "llvm", Purpose.Build, "makes flat binaries"),
        ("dpkg-deb", "dpkg", Purpose.Build, "unpacks the guests' kernels"),
        ("qemu-system-aarch64", "qemu-system-arm", Purpose.Run, "is the board; 7.2 and 10.0 are known good"),
        ("sgdisk", "gdisk", Purpose.Test, "reads the image's partition table"),
        ("dtc", "device-tree-compiler", Purpose.Test, "reads the guests' device trees"),
        ("cpio", "cpio", Purpose.Test, "reads the guests' initramfs"),
    ];

    public static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append("/usr/sbin").Where(folder => folder.Length != 0).Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    /// <summary>The Debian packages that are wanted and not here.</summary>
    public static IReadOnlyList<string> Missing(Purpose purpose) =>
        Needed.Where(need => (need.Purpose & purpose) != 0 && Find(need.Tool) is null).Select(need => need.Package).Distinct().ToArray();

    /// <summary>True when everything is there, perhaps after installing it.</summary>
    public static bool Ensure(Purpose purpose, bool yes)
    {
        IReadOnlyList<string> missing = Missing(purpose);
        if (missing.Count == 0)
            return true;
        Console.Error.WriteLine($"missing: {string.Join(", ", missing)} (Debian packages)");
        if (Find("apt-get") is null)
        {
            Console.Error.WriteLine("there is no apt-get here: install them by this system's own means");
            return false;
        }
        bool root = Environment.IsPrivilegedProcess;
        string install = $"{(root ? "" : "sudo ")}apt-get install --no-install-recommends {string.Join(' ', missing)}";
        if (!root && Find("sudo") is null)
        {
            Console.Error.WriteLine($"as root: {install["sudo ".Length..]}");
            return false;
        }
        if (!yes && !Asked(install))
            return false;
        // The package lists may be missing, or older than the archive; only then are they worth the time.
        if (Install(root, missing) || (Apt(root, "update") && Install(root, missing)))
            return Missing(purpose).Count == 0;
        Console.Error.WriteLine($"that did not work; by hand: {install}");
        return false;
    }

    private static bool Asked(string install)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"install them ({install}), or say --yes");
            return false;
        }
        Console.Error.Write($"install them now ({install})? [y/N] ");
        return Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static bool Install(bool root, IReadOnlyList<string> packages) => Apt(root, ["install", "-y", "--no-install-recommends", .. packages]);

    private static bool Apt(bool root, params string[] arguments)
    {
        // sudo drops the environment: what apt needs of it goes behind.
        string[] words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", .. arguments];
        ProcessStartInfo start = root ? new(words[0], words[1..]) : new("sudo", words);
        // apt's own talk belongs beside ours, not into a command's output.
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line)
            Console.Error.WriteLine($"  {line}");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
