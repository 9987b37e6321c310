using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bulkhead.ImageBuilder.Tests.Fleet;

/// <summary>A stub, ours, of the part of hawkBit's published device API that the fleet agent uses. It is no hawkBit.</summary>
internal sealed class HawkbitStub : IDisposable
{
    public const string Token = "0123456789abcdef";
    private const string Base = "/DEFAULT/controller/v1/pump-7";

    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();

    public HawkbitStub()
    {
        TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = Serve();
    }

    public string Address { get; }

    public Uri Root => new(Address + Base);

    /// <summary>The action that the target is to carry out; null for none.</summary>
    public string? Action { get; set; } = "8";
    public byte[] Artifact { get; set; } = [];
    public string? Sha256 { get; set; }
    /// <summary>A download ends after so many bytes, as often as this says.</summary>
    public int Interruptions { get; set; }
    public bool KnowsRanges { get; set; } = true;
    /// <summary>Cancels the action at the first poll after the feedback that holds this.</summary>
    public string? CancelAfter { get; set; }
    public bool IsCancelling { get; set; }

    /// <summary>`RESOURCE EXECUTION FINISHED DETAILS` of every feedback.</summary>
    public List<string> Feedback { get; } = [];
    public List<string> Ranges { get; } = [];
    public JsonNode? Attributes { get; private set; }

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            try
            {
                lock (_gate)
                    Answer(context.Request, context.Response);
            }
            catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
            {
                // A client that has gone.
            }
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string path = request.Url!.AbsolutePath;
        if (request.Headers["Authorization"] != $"TargetToken {Token}")
            End(response, 401, null);
        else if (path == Base)
            End(response, 200, Poll());
        else if (path == $"{Base}/deploymentBase/{Action}" && request.HttpMethod == "GET")
            End(response, 200, Deployment());
        else if (path == $"{Base}/cancelAction/11" && request.HttpMethod == "GET")
            End(response, 200, new JsonObject { ["id"] = "11", ["cancelAction"] = new JsonObject { ["stopId"] = Action } });
        else if (path.EndsWith("/feedback", StringComparison.Ordinal))
            Note(path.Split('/')[^3], JsonNode.Parse(request.InputStream)!, response);
        else if (path == $"{Base}/configData" && request.HttpMethod == "PUT")
        {
            Attributes = JsonNode.Parse(request.InputStream);
            End(response, 200, null);
        }
        else if (path == "/artifact")
            Download(request, response);
        else
            End(response, 404, null);
    }

    private JsonObject Poll()
    {
        JsonObject links = [];
        if (Attributes is null)
            links["configData"] = Link($"{Base}/configData");
        if (IsCancelling)
            links["cancelAction"] = Link($"{Base}/cancelAction/11");
        else if (Action is not null)
            links["deploymentBase"] = Link($"{Base}/deploymentBase/{Action}?c=-2129030598");
        return new JsonObject { ["config"] = new JsonObject { ["polling"] = new JsonObject { ["sleep"] = "00:00:07" } }, ["_links"] = links };
    }

    private JsonObject Deployment() => new()
    {
        ["id"] = Action,
        ["deployment"] = new JsonObject
        {
            ["download"] = "forced",
            ["update"] = "forced",
            ["chunks"] = new JsonArray(new JsonObject
            {
                ["part"] = "bApp",
                ["version"] = "2",
                ["name"] = "plain",
                ["artifacts"] = new JsonArray(new JsonObject
                {
                    ["filename"] = "plain.bhu",
                    ["hashes"] = new JsonObject { ["sha256"] = Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(Artifact)) },
                    ["size"] = Artifact.Length,
                    ["_links"] = new JsonObject { ["download-http"] = Link("/artifact") },
                }),
            }),
        },
    };

    private void Note(string resource, JsonNode body, HttpListenerResponse response)
    {
        JsonNode status = body["status"]!;
        string execution = (string)status["execution"]!, finished = (string)status["result"]!["finished"]!, details = string.Join("; ", status["details"]!.AsArray());
        Feedback.Add($"{resource} {execution} {finished} {details}");
        if (resource == "deploymentBase" && execution == "closed")
            Action = null;
        if (resource == "cancelAction")
        {
            IsCancelling = false;
            if (execution == "closed")
                Action = null;
        }
        if (CancelAfter is not null && details.Contains(CancelAfter))
            (IsCancelling, CancelAfter) = (true, null);
        End(response, 200, null);
    }

    private void Download(HttpListenerRequest request, HttpListenerResponse response)
    {
        int from = 0;
        string? range = request.Headers["Range"];
        Ranges.Add(range ?? "");
        if (range is not null && KnowsRanges)
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{Artifact.Length - 1}/{Artifact.Length}";
        }
        response.ContentLength64 = Artifact.Length - from;
        int count = Artifact.Length - from;
        bool isCut = Interruptions > 0 && count > 1;
        if (isCut)
        {
            Interruptions--;
            count /= 2;
        }
        response.OutputStream.Write(Artifact, from, count);
        response.OutputStream.Flush();
        if (isCut)
            response.Abort();
        else
            response.Close();
    }

    private JsonObject Link(string path) => new() { ["href"] = Address + path };

    private static void End(HttpListenerResponse response, int code, JsonObject? body)
    {
        response.StatusCode = code;
        response.ContentType = "application/hal+json";
        if (body is not null)
            response.OutputStream.Write(Encoding.UTF8.GetBytes(body.ToJsonString()));
        response.Close();
    }
}
