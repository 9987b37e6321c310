using System.Text.Json.Serialization;

namespace Bulkhead.ImageBuilder.Fleet;

// What hawkBit's Direct Device Integration API says, as far as it is used here.

/// <summary>The base resource of a target.</summary>
public sealed record DdiPoll(
    [property: JsonPropertyName("config")] DdiConfig? Config,
    [property: JsonPropertyName("_links")] IReadOnlyDictionary<string, DdiLink>? Links)
{
    public string? Link(string name) => Links is not null && Links.TryGetValue(name, out DdiLink? link) ? link.Href : null;
}

public sealed record DdiConfig([property: JsonPropertyName("polling")] DdiPolling? Polling);

/// <param name="Sleep">HH:MM:SS.</param>
public sealed record DdiPolling([property: JsonPropertyName("sleep")] string? Sleep);

public sealed record DdiLink([property: JsonPropertyName("href")] string Href);

/// <summary>What a target is to install.</summary>
public sealed record DdiAction([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("deployment")] DdiDeployment Deployment);

/// <param name="Update">`skip` while a maintenance window has not begun, else `attempt` or `forced`.</param>
public sealed record DdiDeployment(
    [property: JsonPropertyName("download")] string? Download,
    [property: JsonPropertyName("update")] string? Update,
    [property: JsonPropertyName("chunks")] IReadOnlyList<DdiChunk> Chunks);

/// <summary>A software module.</summary>
public sealed record DdiChunk(
    [property: JsonPropertyName("part")] string? Part,
    [property: JsonPropertyName("version")] string? Version,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("artifacts")] IReadOnlyList<DdiArtifact> Artifacts);

public sealed record DdiArtifact(
    [property: JsonPropertyName("filename")] string FileName,
    [property: JsonPropertyName("hashes")] IReadOnlyDictionary<string, string> Hashes,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("_links")] IReadOnlyDictionary<string, DdiLink> Links)
{
    /// <summary>Over TLS where the server offers it.</summary>
    public string? Address => Links.TryGetValue("download", out DdiLink? link) || Links.TryGetValue("download-http", out link) ? link.Href : null;
}

public sealed record DdiCancel([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("cancelAction")] DdiStop CancelAction);

/// <param name="StopId">The action that is not to be carried out any more.</param>
public sealed record DdiStop([property: JsonPropertyName("stopId")] string StopId);

/// <param name="Execution">`proceeding`, `closed`, `rejected`, ...</param>
/// <param name="Finished">`none`, `success` or `failure`.</param>
public sealed record DdiFeedback(string Execution, string Finished, params IReadOnlyList<string> Details);
