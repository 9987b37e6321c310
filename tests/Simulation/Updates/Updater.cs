using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>
/// What a control guest does with the update service: one bundle after the other, in pieces, over every loss of power; and
/// a question or an order in between. Sound ones are taken, others refused.
/// </summary>
internal sealed class Updater(Life life)
{
    private const int MostPiece = 192;

    private readonly List<byte> _received = [];
    private byte[] _toSend = [];
    private string? _asked;
    private Step _step;
    private int _next, _count;

    private enum Step
    {
        Begin,
        Data,
        Verify,
        Activate,
    }

    /// <summary>The one that is on its way, or that the service may still have.</summary>
    public SentBundle? Bundle { get; private set; }

    private Dice Dice => life.Dice;

    /// <summary>Power went, or the control guest ended: what was asked is answered to nobody.</summary>
    public void LosesLine()
    {
        _received.Clear();
        _toSend = [];
        _asked = null;
        _step = Step.Begin;
    }

    /// <summary>The board has it on trial.</summary>
    public void IsActivated() => Bundle = null;

    /// <summary>One thing, on a CPU of the control guest.</summary>
    public void Turn(ref ControlLine line)
    {
        if (_asked is null)
        {
            _asked = Compose();
            // By the page that is shared with the service, where there is one; by the UART.
            if (Dice.Next(8) != 0)
            {
                ControlAnswer answer = default;
                string asked = _asked;
                life.Trace($"update service: {asked[..Math.Min(asked.Length, 40)]}");
                UpdateLines<SimulatedArch>.Obey(Encoding.Latin1.GetBytes(asked), default, ref answer);
                Hear(asked, Encoding.Latin1.GetString(answer.Bytes));
                return;
            }
            life.Trace($"control line: {_asked[..Math.Min(_asked.Length, 40)]}");
            _toSend = Encoding.Latin1.GetBytes(_asked + (Dice.OneIn(2) ? "\n" : "\r\n"));
        }
        if (_toSend.Length != 0)
            _toSend = _toSend[line.Write(0, _toSend.AsSpan(0, Math.Min(_toSend.Length, Dice.Between(1, 400))))..];
        line.Serve<UpdateLines<SimulatedArch>>();
        // A few at a time: what a guest does in one step is done before it takes an interrupt.
        for (int most = Dice.Between(1, 64); most != 0 && line.Receive(0).TryTake(out byte value); most--)
            _received.Add(value);
        if (_toSend.Length != 0 || _received.Count == 0 || _received[^1] != '\n')
            return;
        string text = Encoding.Latin1.GetString([.. _received]), last = text.Split('\n')[^2];
        if (last.Split(' ')[0] is not ("ok" or "error"))
            return;
        _received.Clear();
        Hear(_asked, text);
    }

    private string Compose()
    {
        if (Dice.OneIn(life.Updates.IsTrialOn ? 12 : 40))
            return Order();
        Bundle ??= Make();
        switch (_step)
        {
            case Step.Begin:
                return string.Create(CultureInfo.InvariantCulture, $"begin {Bundle.Bytes.Length} {Bundle.Name}");
            case Step.Data:
                _count = Math.Min(Dice.Next(4) != 0 ? MostPiece : Dice.Between(1, MostPiece), Bundle.Bytes.Length - _next);
                int offset = Dice.OneIn(60) ? Dice.Next(Bundle.Bytes.Length) : _next;
                _count = Math.Min(_count, Bundle.Bytes.Length - offset);
                return string.Create(CultureInfo.InvariantCulture, $"data {offset} {Convert.ToBase64String(Bundle.Bytes, offset, _count)}");
            case Step.Verify:
                return "verify";
            default:
                return "activate";
        }
    }

    /// <summary>A word in between, from whoever has a channel.</summary>
    public string Order()
    {
        int guest = Dice.Next(life.Appliance.Guests);
        switch (Dice.Next(10))
        {
            case 0:
                return "status";
            case 1:
                return "slots";
            case 2:
                return $"slots guest{guest}";
            case 3:
                return "log";
            case 4:
            case 5:
                life.Updates.SpokenFor |= 1u << guest;
                return $"confirm guest{guest}";
            case 6:
                life.Updates.SpokenFor |= (1u << life.Appliance.Guests) - 1;
                return "confirm";
            case 7:
                return "rollback";
            case 8:
                return Dice.OneIn(8) ? "abort" : "activate";
            default:
                return Dice.Of("verify", "begin 1", "begin 5000 12", "data 99999999 AAAA", "data", "slots nobody", "confirm nobody", "=");
        }
    }

    private SentBundle Make()
    {
        _step = Step.Begin;
        int guests = life.Appliance.Guests;
        uint units = 1u << UpdateUnit.FirstGuest + Dice.Next(guests);
        if (Dice.OneIn(3))
            units |= 1u << UpdateUnit.FirstGuest + Dice.Next(guests);
        if (Dice.OneIn(5))
            units = (Dice.OneIn(2) ? units : 0) | 1u << UpdateUnit.Hypervisor;
        if (Dice.OneIn(16))
            units |= 1u << UpdateUnit.Table;
        BundleFlaw flaw = Dice.OneIn(3) ? Dice.Of(BundleFlaw.HeaderFlipped, BundleFlaw.PartFlipped, BundleFlaw.OtherBoard, BundleFlaw.PartTwice, BundleFlaw.WrongKey, BundleFlaw.Downgrade) : BundleFlaw.None;
        List<int> parts = [.. Enumerable.Range(0, life.Appliance.Versions.Length).Where(unit => (units >> unit & 1) != 0)];
        if (flaw == BundleFlaw.WrongKey && !life.Appliance.IsSigned || flaw == BundleFlaw.Downgrade && parts.All(unit => life.Updates.IndexOf(unit) == 0))
            flaw = BundleFlaw.HeaderFlipped;
        if (flaw == BundleFlaw.PartTwice)
            parts.Add(parts[0]);
        UnitVersion[] versions = [.. parts.Select(unit => Version(unit, flaw))];
        if (flaw == BundleFlaw.PartTwice)
            versions[^1] = versions[0];
        SentBundle bundle = new(life.Appliance, Dice, versions, flaw);
        life.Tally.Bundles++;
        life.Trace($"there is {bundle}");
        return bundle;
    }

    // Now and then one that was there before.
    private UnitVersion Version(int unit, BundleFlaw flaw)
    {
        ulong index = life.Updates.IndexOf(unit);
        List<UnitVersion> versions = life.Appliance.Versions[unit];
        if (flaw == BundleFlaw.None && Dice.OneIn(8) && versions.Where(version => version.Rollback >= index).ToArray() is { Length: not 0 } old)
            return old[Dice.Next(old.Length)];
        bool isLow = flaw == BundleFlaw.Downgrade && index != 0;
        UnitVersion made = life.Appliance.Maker.Make(unit, isLow ? index - 1 : index + (ulong)Dice.Next(2), true);
        if (flaw == BundleFlaw.None)
            versions.Add(made);
        return made;
    }

    private void Hear(string asked, string answer)
    {
        _asked = null;
        string last = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., string line] ? line : "";
        life.Trace($"and its answer: {last}");
        string[] said = last.Split(' ');
        if (said is not ["ok" or "error", ..])
        {
            life.Check(asked == "=" || asked.Length == 0, $"'{asked}' is answered '{last}'");
            return;
        }
        // Activated meanwhile, by whoever has the other channel.
        if (Bundle is null)
            return;
        if (said[0] == "error")
            HearRefusal(asked, said[1]);
        else if (asked.StartsWith("begin", StringComparison.Ordinal) && asked.Contains(Bundle.Name, StringComparison.Ordinal))
            GoOn(int.Parse(said[1], CultureInfo.InvariantCulture));
        else if (asked.StartsWith("data", StringComparison.Ordinal))
            GoOn(int.Parse(said[1], CultureInfo.InvariantCulture));
        else if (asked == "verify" && said[1] == said[2])
            _step = Step.Activate;
        else if (asked == "activate")
            life.Fail($"{Bundle} is activated, and nothing is on trial");
    }

    private void GoOn(int next)
    {
        _next = next;
        _step = next == Bundle!.Bytes.Length ? Step.Verify : Step.Data;
    }

    private void HearRefusal(string asked, string why)
    {
        bool isOwn = asked.Contains(Bundle!.Name, StringComparison.Ordinal) || asked.StartsWith("data ", StringComparison.Ordinal) || asked is "verify" or "activate";
        if (!isOwn || why == "busy")
            return;
        switch (why)
        {
            case "no-bundle" or "out-of-order" or "incomplete" or "not-verified":
                // Somebody interfered, or a piece was not the next one.
                _step = Step.Begin;
                return;
            case "trial-running":
                // Until it is over.
                _step = Dice.OneIn(2) && asked == "activate" ? Step.Activate : Step.Begin;
                return;
            case "no-slot" or "slot-not-ready":
            case "downgrade" when Bundle.Parts.Any(part => part.Rollback < life.Updates.IndexOf(part.Unit)):
            case "flash" or "wrong-digest" when life.Updates.HasFlashFailed:
                Bundle = null;
                return;
        }
        life.Check(Bundle.Flaw != BundleFlaw.None, $"'{asked[..Math.Min(asked.Length, 40)]}' is refused ({why}): {Bundle}");
        life.Tally.Refused++;
        Bundle = null;
    }
}
