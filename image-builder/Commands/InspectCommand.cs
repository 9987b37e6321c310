using System.CommandLine;
using Bulkhead.ImageBuilder.Report;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead inspect: what is where in an image.</summary>
public static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> image = new("IMAGE") { Description = "A flash image." };
        Option<bool> json = new("--json") { Description = "For programs." };
        Command command = new("inspect", "Show what an image holds: flash map, guests, memory, devices, digests.") { image, json };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            ImageReport report = ImageReport.Read(File.ReadAllBytes(parsed.GetRequiredValue(image)));
            Console.WriteLine(parsed.GetValue(json) ? report.ToJson() : report.ToText());
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }
}
