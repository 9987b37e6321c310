namespace Bulkhead.ImageBuilder.Update;

/// <summary>Why a unit gave a slot up for the other one.</summary>
/// <param name="Why">The update service's word for it (docs/abi.md).</param>
/// <param name="Unit">The unit of its set that was the reason; null where none was.</param>
public sealed record UnitBack(string Why, string? Unit)
{
    /// <summary>For people.</summary>
    internal string Text => Why switch
    {
        "unconfirmed" => $"{Unit} was not confirmed in time",
        "crash" => $"{Unit} crashed",
        "reset" => $"{Unit} reset itself",
        "watchdog" => $"{Unit} did not feed its watchdog",
        "off" => $"{Unit} switched itself off",
        "package" => $"what {Unit}'s slot holds was refused",
        "tries" => $"{Unit} was started as often as it may be, without being confirmed",
        "asked" => "as somebody asked",
        "flash" => $"the board's flash refused to keep that {Unit} was to be started",
        _ => $"{Unit}: {Why}",
    };
}
