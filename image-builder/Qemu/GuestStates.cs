namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>What the management console says of all guests (docs/abi.md, `list` and `status`), in a user's words.</summary>
public sealed class GuestStates
{
    private const string Gap = "   ";

    private readonly List<Guest> _guests = [];

    private readonly record struct Guest(string Name, string State, int Starts, string End, bool IsOnTrial);

    /// <param name="list">The answer to `list`.</param>
    /// <param name="status">The answer to `status`; a board without updates has an error for one.</param>
    public GuestStates(IReadOnlyList<string> list, IReadOnlyList<string> status)
    {
        HashSet<string> trials = [.. status.Select(line => line.Split(' ')).Where(words => words is ["trial", _]).Select(words => words[1])];
        foreach (string[] words in list.Select(line => line.Split(' ')))
        {
            if (words is ["guest", var name, var state, "starts", var starts, .. var end] && int.TryParse(starts, out int count))
                _guests.Add(new Guest(name, state, count, end is ["ended", var why] ? why : "", trials.Contains(name)));
        }
    }

    /// <summary>Whether one is on its way to another state, of which the hypervisor need not speak.</summary>
    public bool IsPassing => _guests.Any(guest => guest.State is "waiting" or "loading" or "stopping" or "delayed" || guest.IsOnTrial);

    /// <summary>All of them in one line.</summary>
    public string Line => string.Concat(_guests.Select(guest => $" {guest.Name} {Word(guest)}{Gap}")).TrimEnd() is { Length: > 0 } line ? line + " " : "";

    /// <summary>A row for each, with how often it was started.</summary>
    public IEnumerable<string> Rows => _guests.Select(guest => $"{guest.Name,-16}{Word(guest),-16}started {guest.Starts} times");

    private static string Word(Guest guest) => guest switch
    {
        { State: "running", IsOnTrial: true } => "trial",
        { State: "delayed" or "loading", Starts: not 0 } => $"restarting {guest.Starts}",
        { State: "stopped", End: "off" or "package" } => guest.End == "off" ? "off" : "no package",
        { State: "stopped" } => "safe-stop",
        _ => guest.State,
    };
}
