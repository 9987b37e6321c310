using System.CommandLine;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead explain BH0012.</summary>
public static class ExplainCommand
{
    public static Command Create()
    {
        Argument<string> code = new("CODE") { Description = "A diagnostic's code, e.g. BH0012." };
        Command command = new("explain", "Explain a diagnostic: cause, example, fix.") { code };
        command.SetAction(parsed =>
        {
            if (!DiagnosticCatalogue.TryFind(parsed.GetRequiredValue(code), out var found))
            {
                Console.Error.WriteLine($"there is no diagnostic '{parsed.GetRequiredValue(code)}'; they read BH0012");
                return ExitCode.Usage;
            }
            Console.WriteLine(found.Explain());
            return ExitCode.Ok;
        });
        return command;
    }
}
