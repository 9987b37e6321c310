using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace Bulkhead.ImageBuilder.Fleet;

/// <summary>One target's side of hawkBit's Direct Device Integration API, version 1 (eclipse.dev/hawkbit/apis/ddi_api).</summary>
/// <param name="root">The target's base resource: SERVER/TENANT/controller/v1/TARGET.</param>
/// <param name="scheme">`TargetToken` or `GatewayToken`.</param>
public sealed class DdiClient(Uri root, string scheme, string token) : IDisposable
{
    private const int MostInterruptions = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new()
    {
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue(scheme, token),
            Accept = { new MediaTypeWithQualityHeaderValue("application/hal+json"), new MediaTypeWithQualityHeaderValue("application/json") },
        },
    };

    public Task<DdiPoll> Poll(CancellationToken end) => Get<DdiPoll>(root, end);

    public Task<DdiAction> Action(string link, CancellationToken end) => Get<DdiAction>(new Uri(root, link), end);

    public Task<DdiCancel> Cancel(string link, CancellationToken end) => Get<DdiCancel>(new Uri(root, link), end);

    /// <summary>Tells the server how an action goes.</summary>
    /// <param name="resource">`deploymentBase` or `cancelAction`.</param>
    public async Task Feedback(string resource, string action, DdiFeedback feedback, CancellationToken end)
    {
        object body = new
        {
            id = action,
            status = new { execution = feedback.Execution, result = new { finished = feedback.Finished }, details = feedback.Details },
        };
        using HttpResponseMessage response = await _http.PostAsJsonAsync(new Uri($"{root}/{resource}/{Uri.EscapeDataString(action)}/feedback"), body, end);
        // An action that is gone on the server needs no more feedback.
        if (response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Gone))
            response.EnsureSuccessStatusCode();
    }

    /// <summary>Attributes of the target, which the server asks for once.</summary>
    public async Task Configure(string link, IReadOnlyDictionary<string, string> data, CancellationToken end)
    {
        using HttpResponseMessage response = await _http.PutAsJsonAsync(new Uri(root, link), new { mode = "merge", data }, end);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Brings an artifact into a file, from where the file ends; what was interrupted goes on.</summary>
    /// <exception cref="FleetException">It is not what the server promised; the file is gone then.</exception>
    public async Task Download(DdiArtifact artifact, string file, Action<long> progress, CancellationToken end)
    {
        if (artifact.Address is not { } address || !artifact.Hashes.TryGetValue("sha256", out string? sha256))
            throw new FleetException($"{artifact.FileName} has no download link or no sha256");
        for (int interruptions = 0; ; interruptions++)
        {
            try
            {
                await DownloadRest(new Uri(root, address), file, artifact.Size, progress, end);
                break;
            }
            catch (Exception error) when (error is HttpRequestException { StatusCode: null } or HttpIOException or IOException && interruptions < MostInterruptions)
            {
                await Task.Delay(Pause, end);
            }
        }
        byte[] digest;
        await using (FileStream whole = File.OpenRead(file))
            digest = await SHA256.HashDataAsync(whole, end);
        if (Convert.ToHexString(digest).Equals(sha256, StringComparison.OrdinalIgnoreCase))
            return;
        File.Delete(file);
        throw new FleetException($"{artifact.FileName} does not have the sha256 that the server promised");
    }

    public void Dispose() => _http.Dispose();

    private async Task DownloadRest(Uri address, string file, long size, Action<long> progress, CancellationToken end)
    {
        await using FileStream target = new(file, FileMode.OpenOrCreate, FileAccess.Write);
        if (target.Length > size)
            target.SetLength(0);
        if (target.Length == size)
            return;
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (target.Length != 0)
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
        response.EnsureSuccessStatusCode();
        // A server that knows no ranges sends it all.
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == target.Length;
        if (!goesOn)
            target.SetLength(0);
        target.Position = target.Length;
        await using Stream source = await response.Content.ReadAsStreamAsync(end);
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, end)) > 0)
        {
            if (target.Length + count > size)
                throw new FleetException("the server sends more than it promised");
            await target.WriteAsync(buffer.AsMemory(0, count), end);
            await target.FlushAsync(end);
            progress(target.Length);
        }
        if (target.Length != size)
            throw new IOException("the download was interrupted");
    }

    private async Task<T> Get<T>(Uri address, CancellationToken end) =>
        await _http.GetFromJsonAsync<T>(address, end) ?? throw new FleetException($"{address} says nothing");
}
