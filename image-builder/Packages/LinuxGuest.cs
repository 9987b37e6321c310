using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>Kernel and initramfs of a guest made from Debian packages.</summary>
public sealed class LinuxGuest(DebianArchive archive, LockFile locks)
{
    private const string Busybox = "busybox-static";

    /// <summary>The packages that an appliance's guests are made from.</summary>
    public static IEnumerable<string> Packages(Appliance appliance) =>
        appliance.Guests.Select(guest => guest.Payload).OfType<LinuxPayload>().Select(payload => payload.Package).Append(Busybox);

    /// <summary>The program that every guest's /init runs in.</summary>
    public string Shell => Path.Combine(archive.Unpack(locks.Get(Busybox, archive)), "bin/busybox");

    /// <summary>A package's kernel as Debian ships it.</summary>
    public string KernelFile(string package) =>
        Directory.GetFiles(Path.Combine(archive.Unpack(locks.Get(package, archive)), "boot"), "vmlinuz-*").SingleOrDefault()
        ?? throw new BuildException($"{package} holds no /boot/vmlinuz-*");

    /// <param name="guest">Its name.</param>
    /// <param name="payload">What it is made of.</param>
    /// <param name="tool">A program of ours for /usr/bin, or none.</param>
    public (byte[] Kernel, byte[] Initrd) Make(string guest, LinuxPayload payload, string? tool = null) =>
        (Kernel(payload.Package), Initrd(guest, payload, tool));

    private byte[] Kernel(string package)
    {
        string image = KernelFile(package);
        byte[] content = File.ReadAllBytes(image);
        if (archive.Architecture == CpuArchitecture.X86_64 && BzImage.Is(content))
            content = BzImage.Unpack(content);
        if (Validation.KernelFile.Refusal(content, archive.Architecture) is { } why)
            throw new BuildException($"{package}: {Path.GetFileName(image)} {why}");
        return content;
    }

    /// <summary>The initramfs alone, as <see cref="Make"/> has it.</summary>
    public byte[] Initrd(string guest, LinuxPayload payload, string? tool = null)
    {
        Initramfs wanted = payload.Initramfs;
        CpioWriter cpio = new();
        foreach (string folder in new[] { "bin", "sbin", "etc", "proc", "sys", "dev", "tmp", "root", "lib", "lib/modules", "usr", "usr/bin", "usr/sbin" })
            cpio.Directory(folder);
        cpio.CharacterDevice("dev/console", 5, 1);
        cpio.File("bin/busybox", File.ReadAllBytes(Shell), true);
        cpio.Symlink("bin/sh", "busybox");
        if (tool is not null)
            cpio.File("usr/bin/" + Path.GetFileName(tool), File.ReadAllBytes(tool), true);
        IReadOnlyList<string> modules = KernelModules.InOrder(archive.Unpack(locks.Get(payload.Package, archive)), wanted.Modules);
        foreach (string module in modules)
            cpio.File("lib/modules/" + Path.GetFileName(module), File.ReadAllBytes(module), false);
        HashSet<string> made = [];
        foreach ((string target, string source) in wanted.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            foreach (string parent in Parents(target).Where(made.Add))
                cpio.Directory(parent);
            cpio.File(target, File.ReadAllBytes(source), (File.GetUnixFileMode(source) & UnixFileMode.UserExecute) != 0);
        }
        cpio.File("init", Encoding.UTF8.GetBytes(Init(guest, modules, wanted.InitScript)), true);
        return cpio.Finish();
    }

    private static IEnumerable<string> Parents(string path)
    {
        string[] parts = path.Trim('/').Split('/');
        for (int i = 1; i < parts.Length; i++)
        {
            string parent = string.Join('/', parts[..i]);
            if (parent is not ("bin" or "sbin" or "etc" or "lib" or "usr" or "root" or "tmp"))
                yield return parent;
        }
    }

    // A respawned shell with a controlling terminal; busybox's cttyhack finds the console the kernel uses.
    private static string Init(string guest, IReadOnlyList<string> modules, string fragment) => $$"""
        #!/bin/sh
        export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root PS1='{{guest}}:\w# ' TERM=dumb
        /bin/busybox --install -s
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t devtmpfs dev /dev
        hostname {{guest}}
        {{string.Concat(modules.Select(module => $"insmod /lib/modules/{Path.GetFileName(module)}\n"))}}
        {{fragment}}
        echo "bulkhead: {{guest}} is up, $(nproc) CPUs online"
        cd /
        while true; do
            setsid cttyhack sh
        done

        """;
}
