namespace Bulkhead.ImageBuilder.Update;

/// <summary>Brings a bundle through an update service: sends what it does not have yet, has it read back and activated.</summary>
public sealed class UpdateClient(IUpdateChannel channel)
{
    private const int LineBytes = 192;
    private const int MostRetries = 50;
    private const string NoAnswer = "error no-answer";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends the bundle, from where the board has it.</summary>
    /// <param name="progress">Bytes that the board has, of the bundle's.</param>
    /// <exception cref="UpdateRefusedException">The board refuses it.</exception>
    public void Send(BundleFile bundle, Action<long> progress)
    {
        int retries = 0;
        long next = Begin(bundle);
        while (next < bundle.Bytes.Length)
        {
            long before = next;
            string? lost = SendFrom(bundle, ref next, progress);
            if (lost is null)
                return;
            // A line or an answer was lost, or somebody else was served: what the board has, it has.
            retries = next > before ? 0 : retries + 1;
            if (retries > MostRetries)
                throw new UpdateRefusedException(lost);
            Thread.Sleep(Pause);
            next = Begin(bundle);
        }
        progress(next);
    }

    /// <summary>Has all of it read back.</summary>
    public void Verify(Action<long> progress)
    {
        while (true)
        {
            string[] words = Ask("verify")[^1].Split(' ');
            progress(long.Parse(words[1]));
            if (words[1] == words[2])
                return;
        }
    }

    /// <summary>Puts the verified bundle on trial. A board that is reset for it may take its answer along: then its slots tell.</summary>
    /// <exception cref="UpdateRefusedException">It is not, and has not been.</exception>
    public void Activate(BundleFile bundle)
    {
        try
        {
            Ask("activate");
        }
        catch (UpdateRefusedException refusal) when (refusal.Answer == NoAnswer)
        {
            if (!UpdateOutcome.WasActivated(SlotsAfterReset(), bundle))
                throw new UpdateRefusedException("error not-activated");
        }
    }

    /// <summary>The answer to a command that the board carries out.</summary>
    /// <exception cref="UpdateRefusedException">It does not.</exception>
    public IReadOnlyList<string> Ask(string command)
    {
        for (int retries = 0; ; retries++)
        {
            IReadOnlyList<string> answer = channel.Ask(command);
            if (answer[^1] == "ok" || answer[^1].StartsWith("ok ", StringComparison.Ordinal))
                return answer;
            if (answer[^1] != "error busy" || retries > MostRetries)
                throw new UpdateRefusedException(answer[^1]);
            Thread.Sleep(Pause);
        }
    }

    /// <summary>Every unit and its slots, as the board knows them now.</summary>
    public IReadOnlyList<UnitSlots> Slots()
    {
        List<UnitSlots> units = [];
        foreach (string line in Ask("slots").Where(line => line.StartsWith("unit ", StringComparison.Ordinal)))
            units.Add(UnitSlots.Parse(Ask($"slots {line.Split(' ')[1]}")));
        return units;
    }

    private IReadOnlyList<UnitSlots> SlotsAfterReset()
    {
        for (int retries = 0; ; retries++)
        {
            try
            {
                return Slots();
            }
            catch (UpdateRefusedException refusal) when (refusal.Answer is NoAnswer or "error busy" && retries < MostRetries)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private long Begin(BundleFile bundle) => long.Parse(Ask($"begin {bundle.Bytes.Length} {bundle.Name}")[^1].Split(' ')[1]);

    /// <returns>Null when all was taken; else the answer that says it was not.</returns>
    private string? SendFrom(BundleFile bundle, ref long next, Action<long> progress)
    {
        string? refusal = null;
        int underWay = 0;
        for (long sent = next; sent < bundle.Bytes.Length || underWay != 0;)
        {
            if (refusal is null && sent < bundle.Bytes.Length && underWay < channel.Window)
            {
                int count = (int)Math.Min(LineBytes, bundle.Bytes.Length - sent);
                channel.Send($"data {sent} {Convert.ToBase64String(bundle.Bytes, (int)sent, count)}");
                sent += count;
                underWay++;
                continue;
            }
            string answer = channel.Receive()[^1];
            underWay--;
            long expected = Math.Min(next + LineBytes, bundle.Bytes.Length);
            if (refusal is null && answer == $"ok {expected}")
                progress(next = expected);
            else
                refusal ??= answer;
            if (refusal is not null && underWay == 0)
                break;
        }
        bool isLost = refusal is null || refusal.StartsWith("ok", StringComparison.Ordinal)
            || refusal.Split(' ')[1] is "busy" or "no-answer" or "out-of-order" or "unknown-command" or "bad-data";
        return isLost ? refusal : throw new UpdateRefusedException(refusal!);
    }
}
