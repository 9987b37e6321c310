namespace Bulkhead.Emulator.Tests;

/// <summary>An appliance of two probe guests, each on a CPU of its own: gateway, whose version says what becomes of its update, and app beside it.</summary>
/// <param name="Version">Which one the guest says on its console.</param>
internal sealed record UpdateManifest(string Board, int Version)
{
    /// <summary>`report` that it works, `feed` its watchdog, say nothing (`silent`), `crash`, or report and then crash (`fail`).</summary>
    public string Does { get; init; } = "report";

    public string Appliance { get; init; } = "updated";

    /// <summary>More keys of gateway's, of app's, and of the appliance's, in YAML's flow style.</summary>
    public string Gateway { get; init; } = "";
    public string App { get; init; } = "";
    public string More { get; init; } = "";

    /// <summary>What app runs.</summary>
    public string Neighbour { get; init; } = "{project: probe, cmdline: scenario=trial version=1}";

    public string Update { get; init; } = "{tries: 3, confirm: 3 s}";

    public string Text => $$"""
        appliance: {{Appliance}}
        board: {{Board}}
        version: {{Version}}.0
        {{More}}
        guests:
          gateway: {cpus: [0], memory: 16 MiB, version: {{Version}}.0, update: {{Update}}, kernel: {project: probe, cmdline: scenario=trial version={{Version}} do={{Does}}}{{Follow(Gateway)}}}
          app: {cpus: [1], memory: 16 MiB, kernel: {{Neighbour}}{{Follow(App)}}}
        """;

    private static string Follow(string keys) => keys.Length == 0 ? "" : ", " + keys;
}
