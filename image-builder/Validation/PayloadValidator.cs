using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What a guest runs: are the files there, and are they what they say?</summary>
internal sealed class PayloadValidator(ApplianceDocument appliance, CpuArchitecture? architecture, string boardsDirectory, DiagnosticBag diagnostics)
{
    public void Check(GuestDocument guest)
    {
        foreach (InitramfsFileDocument file in guest.Linux?.Files ?? [])
        {
            CheckGuestPath(file.GuestPath);
            CheckFile(file.Source);
        }
        if (guest.Linux?.Package is { } package)
            CheckArchitecture(package);
        if ((guest.Linux?.CommandLine ?? guest.Kernel?.CommandLine) is { } words && architecture is { } known)
            CheckConsole(guest, words, known);
        if (guest.Kernel is not { } kernel)
            return;
        CheckFile(kernel.Initrd);
        if (KernelSource.Find(kernel, appliance, boardsDirectory) is not { } source)
            return;
        Located<string> named = (kernel.Project ?? kernel.File)!;
        if (source.Project is not null)
            CheckProject(source, named);
        else if (CheckFile(named))
            CheckKernel(guest, kernel, source.File!, named);
    }

    // Debian's kernel packages end with what they are for.
    private void CheckArchitecture(Located<string> package)
    {
        string other = "-" + DebianArchive.NameOf(architecture is CpuArchitecture.Arm64 ? CpuArchitecture.X86_64 : CpuArchitecture.Arm64);
        if (architecture is { } wanted && package.Value.EndsWith(other, StringComparison.Ordinal))
            diagnostics.Add(ApplianceDiagnostics.NotAKernel, package.Span, $"`{package.Value}` has no kernel for the board, whose CPUs are {DebianArchive.NameOf(wanted)} in Debian's words",
                $"{package.Value[..^other.Length]}-{{arch}} is right on every board");
    }

    // Beside the right one another does no harm: Linux passes over consoles that it does not have.
    private void CheckConsole(GuestDocument guest, Located<string> words, CpuArchitecture known)
    {
        string right = Defaults.Console(known), other = known is CpuArchitecture.Arm64 ? "ttyS" : "ttyAMA";
        string[] consoles = [.. words.Value.Split(' ').Where(word => word.StartsWith("console=", StringComparison.Ordinal)).Select(word => word["console=".Length..].Split(',')[0])];
        if (consoles.FirstOrDefault(name => name.StartsWith(other, StringComparison.Ordinal)) is { } wrong && !consoles.Any(name => name == right || name == "{console}"))
            diagnostics.Add(ApplianceDiagnostics.OtherConsole, words.Span, $"guest {guest.Name.Value} has no {wrong}: its UART is {right}", "`console={console}` is right on every board");
    }

    private void CheckGuestPath(Located<string> path)
    {
        string? reason = path.Value switch
        {
            "/init" => "is written by the builder; use `init` to add to it",
            _ when !path.Value.StartsWith('/') => "does not begin with /",
            _ when path.Value.Length > 255 => "has more than 255 characters",
            _ when path.Value.Any(c => char.IsControl(c)) => "has control characters",
            _ when path.Value[1..].Split('/').Any(part => part is "" or "." or "..") => "has empty, `.` or `..` parts",
            _ => null,
        };
        if (reason is not null)
            diagnostics.Add(ApplianceDiagnostics.BadGuestPath, path.Span, $"the path `{path.Value}` {reason}");
    }

    private bool CheckFile(Located<string>? file)
    {
        if (file is null)
            return false;
        string path = appliance.Resolve(file.Value);
        if (File.Exists(path))
            return true;
        string message = Directory.Exists(path) ? $"`{file.Value}` is a folder" : $"there is no file `{file.Value}`";
        diagnostics.Add(ApplianceDiagnostics.NoSuchFile, file.Span, message, SimilarFile(path) ?? $"looked for {path}");
        return false;
    }

    private static string? SimilarFile(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        return Directory.Exists(folder)
            ? Nearest.DidYouMean(Path.GetFileName(path), Directory.EnumerateFiles(folder).Take(1000).Select(f => Path.GetFileName(f)))
            : null;
    }

    private void CheckProject(KernelSource source, Located<string> named)
    {
        if (source.IsProjectFolder)
            return;
        string? folder = Path.GetDirectoryName(source.Path);
        string? help = Directory.Exists(folder)
            ? Nearest.DidYouMean(source.Project!, Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).Where(d => d != source.Project))
            : null;
        diagnostics.Add(ApplianceDiagnostics.NoSuchFile, named.Span, $"there is no project `{source.Project}`", help ?? $"looked for a .csproj in {source.Path}");
    }

    private void CheckKernel(GuestDocument guest, KernelDocument kernel, string path, Located<string> named)
    {
        try
        {
            byte[] file = File.ReadAllBytes(path);
            // Without a board it may be a kernel for any.
            CpuArchitecture likely = architecture ?? KernelFile.ArchitectureOf(file);
            if (KernelFile.Refusal(file, likely) is { } refusal)
                diagnostics.Add(ApplianceDiagnostics.NotAKernel, named.Span, $"`{named.Value}` {refusal}");
            else
                CheckFits(guest, kernel, KernelFile.MemoryOf(file, likely), (ulong)file.Length, named);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(ApplianceDiagnostics.NoSuchFile, named.Span, $"`{named.Value}` cannot be read: {e.Message}");
        }
    }

    private void CheckFits(GuestDocument guest, KernelDocument kernel, AddressRange wanted, ulong fileSize, Located<string> named)
    {
        if (guest.MemorySize is { } memory && (wanted.Base > memory.Value || wanted.Size > memory.Value - wanted.Base))
        {
            diagnostics.Add(ApplianceDiagnostics.KernelTooBig, named.Span,
                $"the kernel wants {Units.Size(wanted.Size)} of memory at {Units.Address(wanted.Base)}, and guest {guest.Name.Value} has {Units.Size(memory.Value)}",
                new DiagnosticNote(memory.Span, "its memory is here"));
        }
        // A page for the package's header comes before it, at least one for the device tree after it.
        if (!kernel.Compress && fileSize > Defaults.Slot(guest) - 2 * Limits.Page)
        {
            diagnostics.Add(ApplianceDiagnostics.KernelTooBig, guest.Slot?.Span ?? named.Span,
                $"the kernel's file has {Units.Size(fileSize)}, and the slot of guest {guest.Name.Value} {Units.Size(Defaults.Slot(guest))}",
                "make the slot larger, or say `compression: gzip`", new DiagnosticNote(named.Span, "the kernel is here"));
        }
    }
}
