using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Fleet;

/// <summary>
/// Carries out what a fleet server wants of one board: downloads bundles, pushes them over the board's update channel,
/// and reports what the hypervisor decided. Success is reported only for what the hypervisor has confirmed.
/// </summary>
/// <param name="connect">A new channel to the board; null while there is none.</param>
/// <param name="work">A folder of this target's own: downloads, and a note of each bundle that was activated.</param>
public sealed class FleetAgent(DdiClient server, Func<IUpdateChannel?> connect, string work, Action<string> say)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Usual = TimeSpan.FromMinutes(5);

    private string? _action;
    private string? _rejected;
    private DateTime _lastLook = DateTime.UtcNow;

    /// <summary>How long a trial may take before it is reported as failed.</summary>
    public TimeSpan TrialLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often to look for a cancellation while an action is carried out.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shows how far something has come: of what, and how many bytes it is in all; then how many of them are done.</summary>
    public Func<string, long, Action<long>> Progress { get; init; } = (_, _) => _ => { };

    /// <summary>Until it is ended: polls, as often as the server wants.</summary>
    public async Task Run(CancellationToken end)
    {
        while (true)
        {
            TimeSpan sleep = Usual;
            try
            {
                sleep = await Once(end);
            }
            catch (Exception error) when (error is HttpRequestException or IOException || error is TaskCanceledException && !end.IsCancellationRequested)
            {
                say($"the server or the board does not answer: {error.Message}");
            }
            await Task.Delay(sleep, end);
        }
    }

    /// <summary>One poll, and whatever it asks for.</summary>
    /// <returns>When to poll again.</returns>
    public async Task<TimeSpan> Once(CancellationToken end)
    {
        Directory.CreateDirectory(work);
        DdiPoll poll = await server.Poll(end);
        if (poll.Link("configData") is { } config)
            await Configure(config, end);
        if (poll.Link("cancelAction") is { } cancel)
            await Cancel(cancel, end);
        else if (poll.Link("deploymentBase") is { } deployment)
            await Deploy(await server.Action(deployment, end), end);
        TimeSpan sleep = TimeSpan.TryParse(poll.Config?.Polling?.Sleep, out TimeSpan wanted) ? wanted : Usual;
        return sleep < Shortest ? Shortest : sleep;
    }

    private async Task Deploy(DdiAction action, CancellationToken end)
    {
        if (action.Deployment.Download == "skip")
            return;
        say($"action {action.Id}");
        _action = action.Id;
        try
        {
            DdiArtifact[] bundles = [.. action.Deployment.Chunks.SelectMany(chunk => chunk.Artifacts).Where(artifact => artifact.FileName.EndsWith(".bhu", StringComparison.Ordinal))];
            if (bundles.Length == 0)
                throw new FleetException("the deployment has no update bundle (.bhu)");
            List<string> files = [];
            foreach (DdiArtifact artifact in bundles)
                files.Add(await Download(action.Id, artifact, end));
            if (action.Deployment.Update == "skip")
                return;
            foreach (string file in files)
                await Install(action.Id, file, end);
            await Close(action.Id, "success", "confirmed by the hypervisor", end);
        }
        catch (FleetCancelledException)
        {
            say($"action {action.Id} is cancelled");
        }
        catch (Exception error) when (error is FleetException or UpdateRefusedException or BuildException)
        {
            await Close(action.Id, "failure", error.Message, end);
        }
    }

    private async Task<string> Download(string action, DdiArtifact artifact, CancellationToken end)
    {
        await Proceed(action, $"downloads {artifact.FileName}", end);
        // Named by what it is to be: a file of that name is the same one, or the beginning of it.
        string file = Path.Combine(work, $"{artifact.Hashes.GetValueOrDefault("sha256", "none").ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Aggregate("", (name, letter) => name + letter)}.bhu");
        await server.Download(artifact, file, Progress("fetching", artifact.Size), end);
        return file;
    }

    private async Task Install(string action, string file, CancellationToken end)
    {
        BundleFile bundle = BundleFile.Read(file);
        string activated = Path.Combine(work, $"{bundle.Name}.activated");
        // Activated before this program was ended: only the outcome is missing.
        if (!File.Exists(activated) || File.ReadAllText(activated) != action)
            await Bring(action, bundle, activated, end);
        UpdateOutcome outcome = await Outcome(action, bundle, end);
        File.Delete(activated);
        if (!outcome.IsConfirmed)
            throw new FleetException(outcome.Text);
    }

    private async Task Bring(string action, BundleFile bundle, string activated, CancellationToken end)
    {
        using IUpdateChannel channel = connect() ?? throw new IOException("no board runs here");
        UpdateClient client = new(channel);
        // It runs already, or this program was ended just behind the activation.
        IReadOnlyList<UnitSlots> units = client.Slots();
        if (UpdateOutcome.Of(units, bundle) is { IsConfirmed: true } || UpdateOutcome.IsOnTrial(units, bundle))
            return;
        await Look(action, true, end);
        await Proceed(action, "writes " + string.Join(", ", bundle.Parts.Select(part => part.Unit)), end);
        client.Send(bundle, Watch(Progress("sending", bundle.Bytes.Length)));
        client.Verify(Watch(Progress("verifying", bundle.Bytes.Length)));
        await Look(action, true, end);
        client.Activate(bundle);
        File.WriteAllText(activated, action);
        await Proceed(action, "on trial", end);

        Action<long> Watch(Action<long> show) => done =>
        {
            show(done);
            Look(action, false, end).GetAwaiter().GetResult();
        };
    }

    private async Task<UpdateOutcome> Outcome(string action, BundleFile bundle, CancellationToken end)
    {
        for (DateTime limit = DateTime.UtcNow + TrialLimit; DateTime.UtcNow < limit; await Task.Delay(TimeSpan.FromMilliseconds(500), end))
        {
            try
            {
                // Anew each time: the board may have restarted.
                using IUpdateChannel? channel = connect();
                if (channel is not null && UpdateOutcome.Of(new UpdateClient(channel).Slots(), bundle) is { } outcome)
                    return outcome;
            }
            catch (Exception error) when (error is IOException or UpdateRefusedException { Answer: "error no-answer" or "error busy" })
            {
            }
            await RejectCancel(action, end);
        }
        return new UpdateOutcome(false, "still on trial: neither confirmed nor rolled back in time");
    }

    // A cancellation of the action that is being carried out, before anything was activated.
    private async Task Look(string action, bool now, CancellationToken end)
    {
        if (!now && DateTime.UtcNow - _lastLook < LookEvery)
            return;
        _lastLook = DateTime.UtcNow;
        if ((await server.Poll(end)).Link("cancelAction") is not { } link)
            return;
        DdiCancel cancel = await server.Cancel(link, end);
        if (cancel.CancelAction.StopId != action)
            return;
        await Forget(cancel, end);
        throw new FleetCancelledException();
    }

    // What is on trial is the hypervisor's to decide.
    private async Task RejectCancel(string action, CancellationToken end)
    {
        if (DateTime.UtcNow - _lastLook < LookEvery)
            return;
        _lastLook = DateTime.UtcNow;
        if ((await server.Poll(end)).Link("cancelAction") is not { } link)
            return;
        DdiCancel cancel = await server.Cancel(link, end);
        if (cancel.CancelAction.StopId == action && _rejected != cancel.Id)
            await server.Feedback("cancelAction", _rejected = cancel.Id, new DdiFeedback("rejected", "none", "the update is on trial already; the board decides"), end);
    }

    // One that came while nothing was being carried out, or for what this program did before it was ended.
    private async Task Cancel(string link, CancellationToken end)
    {
        DdiCancel cancel = await server.Cancel(link, end);
        bool isOnTrial = Directory.GetFiles(work, "*.activated").Any(file => File.ReadAllText(file) == cancel.CancelAction.StopId);
        if (isOnTrial)
            await server.Feedback("cancelAction", cancel.Id, new DdiFeedback("rejected", "none", "the update is on trial already; the board decides"), end);
        else
            await Forget(cancel, end);
    }

    private async Task Forget(DdiCancel cancel, CancellationToken end)
    {
        // What the board has of it is worth nothing without the rest.
        if (_action == cancel.CancelAction.StopId && connect() is { } channel)
        {
            using (channel)
                channel.Ask("abort");
        }
        await server.Feedback("cancelAction", cancel.Id, new DdiFeedback("closed", "success", "cancelled before anything was activated"), end);
    }

    private async Task Configure(string link, CancellationToken end)
    {
        using IUpdateChannel? channel = connect();
        if (channel is null)
            return;
        Dictionary<string, string> data = new() { ["client"] = "bulkhead" };
        foreach (UnitSlots unit in new UpdateClient(channel).Slots())
            data[$"{unit.Unit}.version"] = unit.Slots.FirstOrDefault(slot => slot.Slot == unit.Active)?.Version ?? "";
        await server.Configure(link, data, end);
    }

    private Task Proceed(string action, string what, CancellationToken end)
    {
        say($"  {what}");
        return server.Feedback("deploymentBase", action, new DdiFeedback("proceeding", "none", what), end);
    }

    private Task Close(string action, string finished, string why, CancellationToken end)
    {
        say($"  {finished}: {why}");
        return server.Feedback("deploymentBase", action, new DdiFeedback("closed", finished, why), end);
    }
}
