using System.CommandLine;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead relock: pins what the archive offers now.</summary>
public static class RelockCommand
{
    public static Command Create()
    {
        Argument<string?> manifest = ManifestArguments.Optional();
        Command command = new("relock", "Pin the package versions that the archive offers now.") { manifest };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            Appliance? appliance = Workspace.Load(parsed.GetValue(manifest) ?? Workspace.DemoManifest, null, false);
            if (appliance is null)
                return ExitCode.Manifest;
            StepProgress progress = new();
            DebianArchive archive = new(Workspace.Cache, progress);
            LockFile locks = LockFile.Open(appliance.ManifestPath);
            locks.Forget();
            foreach (string name in appliance.Guests.Select(guest => guest.Payload).OfType<LinuxPayload>().Select(payload => payload.Package)
                .Append("busybox-static").Distinct())
            {
                LockedPackage locked = locks.Get(name, archive);
                Console.WriteLine($"{locked.Package} {locked.Version} {locked.Sha256}");
            }
            return ExitCode.Ok;
        }));
        return command;
    }
}
