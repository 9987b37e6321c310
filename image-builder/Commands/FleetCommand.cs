using System.CommandLine;
using Bulkhead.ImageBuilder.Fleet;
using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead fleet: the board as a target of a hawkBit server.</summary>
public static class FleetCommand
{
    private const string Description = """
        Make the board that ./bulkhead run runs here a target of an Eclipse hawkBit server: polls it, downloads bundles, updates.

        A deployment's artifacts of name *.bhu are brought to the board one after the other. The server hears of success
        only when the hypervisor has confirmed the new version, and of failure, with the reason, when it was refused or
        rolled back. The token is in a file, since every user of a machine sees the words of a command.
          ./bulkhead fleet --server https://hawkbit.example --target pump-7 --token-file pump-7.token
        """;

    public static Command Create()
    {
        Option<string> server = new("--server") { Description = "The server's address.", HelpName = "URL", Required = true };
        server.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
                result.AddError("--server wants an address: https://...");
        });
        Option<string> tenant = new("--tenant") { Description = "The server's tenant.", HelpName = "NAME", DefaultValueFactory = _ => "DEFAULT" };
        Option<string> target = new("--target") { Description = "What the server calls this board.", HelpName = "NAME", Required = true };
        Option<string> token = new("--token-file") { Description = "A file with the target's security token.", HelpName = "FILE", Required = true };
        Option<bool> gateway = new("--gateway") { Description = "The token is a gateway's." };
        Option<bool> once = new("--once") { Description = "Poll once, do what is wanted, end." };
        Option<int?> run = LiveBoard.Run();
        Command command = new("fleet", Description) { server, tenant, target, token, gateway, once, run };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string name = parsed.GetRequiredValue(target);
            Uri root = new(new Uri(parsed.GetRequiredValue(server).TrimEnd('/') + "/"), $"{Uri.EscapeDataString(parsed.GetRequiredValue(tenant))}/controller/v1/{Uri.EscapeDataString(name)}");
            using DdiClient client = new(root, parsed.GetValue(gateway) ? "GatewayToken" : "TargetToken", File.ReadAllText(parsed.GetRequiredValue(token)).Trim());
            FleetAgent agent = new(client, () => LiveBoard.Find(parsed.GetValue(run)) is { } board ? new BoardChannel(board) : null,
                Path.Combine(Workspace.Cache, "fleet", Uri.EscapeDataString(name)), Console.Error.WriteLine)
            {
                Progress = (what, total) => new ProgressLine(what, total).Show,
            };
            try
            {
                if (parsed.GetValue(once))
                    agent.Once(CancellationToken.None).GetAwaiter().GetResult();
                else
                    agent.Run(CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (HttpRequestException error)
            {
                throw new IOException($"{root}: {error.Message}");
            }
            return ExitCode.Ok;
        }));
        return command;
    }
}
