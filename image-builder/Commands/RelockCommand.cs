using System.CommandLine;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead relock: pins what the archive offers now.</summary>
public static class RelockCommand
{
    public static Command Create()
    {
        Argument<string?> manifest = ManifestArguments.Manifest();
        Command command = new("relock", "Pin the package versions that the archive offers now.") { manifest };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string path = ManifestArguments.PathOf(parsed, manifest);
            List<Appliance> appliances = [];
            foreach (string? board in Workspace.Boards(path))
            {
                if (Workspace.Load(path, board, false) is not { } appliance)
                    return ExitCode.Manifest;
                appliances.Add(appliance);
            }
            StepProgress progress = new();
            LockFile locks = LockFile.Open(path);
            locks.Forget();
            foreach (IGrouping<CpuArchitecture, Appliance> same in appliances.GroupBy(appliance => appliance.Board.Architecture))
            {
                DebianArchive archive = new(Workspace.Cache, same.Key, progress);
                foreach (string name in same.SelectMany(LinuxGuest.Packages).Concat(GrubLoader.Packages(same.Key)).Distinct())
                {
                    LockedPackage locked = locks.Get(name, archive);
                    Console.WriteLine($"{locked.Package} {locked.Version} {locked.Architecture} {locked.Sha256}");
                }
            }
            return ExitCode.Ok;
        }));
        return command;
    }
}
