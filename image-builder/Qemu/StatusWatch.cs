namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// The guests' states as a run shows them: asked of the management console soon after the hypervisor has said something, and
/// again while a guest is on its way. A board at rest is asked nothing.
/// </summary>
/// <param name="ask">Brings a command to the board.</param>
/// <param name="show">Takes each new state.</param>
internal sealed class StatusWatch(Func<string, Task<IReadOnlyList<string>>> ask, Action<GuestStates> show) : IDisposable
{
    // Several lines of one event are one question.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(150), Later = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    // At most one permit: what was said while the board answers is one more question.
    private readonly SemaphoreSlim _said = new(0, 1);
    private readonly Lock _gate = new();

    /// <summary>The board may have changed.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_said.CurrentCount == 0)
                _said.Release();
        }
    }

    /// <summary>Until <see cref="Dispose"/>, or until the board says that it has no management console.</summary>
    public async Task Run()
    {
        TimeSpan pause = Timeout.InfiniteTimeSpan;
        try
        {
            while (true)
            {
                await _said.WaitAsync(pause, _end.Token);
                await Task.Delay(Soon, _end.Token);
                (GuestStates? states, bool isOff) = await Ask();
                if (isOff)
                    return;
                if (states is not null)
                    show(states);
                pause = states is null or { IsPassing: true } ? Later : Timeout.InfiniteTimeSpan;
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    /// <returns>Null where the board did not answer.</returns>
    public async Task<(GuestStates? States, bool IsOff)> Ask()
    {
        try
        {
            IReadOnlyList<string> list = await ask("list");
            return list is ["error off"] ? (null, true) : (new GuestStates(list, await ask("status")), false);
        }
        catch (TimeoutException)
        {
            return (null, false);
        }
    }

    public void Dispose() => _end.Cancel();
}
