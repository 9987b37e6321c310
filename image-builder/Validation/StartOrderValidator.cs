using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>`after`: guests there are, and an order in which all of them start.</summary>
internal static class StartOrderValidator
{
    public static void Check(ApplianceDocument appliance, DiagnosticBag diagnostics)
    {
        string[] names = [.. appliance.Guests.Select(guest => guest.Name.Value)];
        foreach (GuestDocument guest in appliance.Guests)
        {
            foreach (Located<string> first in guest.After)
            {
                if (appliance.Guests.FirstOrDefault(other => other.Name.Value == first.Value) is not { } other)
                {
                    diagnostics.Add(ApplianceDiagnostics.UnknownGuest, first.Span, $"guest {guest.Name.Value} comes after `{first.Value}`, and there is no such guest",
                        Nearest.DidYouMean(first.Value, names.Where(name => name != guest.Name.Value)));
                }
                else if (guest.AutoStart && !other.AutoStart)
                {
                    diagnostics.Add(ApplianceDiagnostics.AfterHeldGuest, first.Span,
                        $"guest {guest.Name.Value} waits for {other.Name.Value}, which does not start by itself",
                        new DiagnosticNote(other.Name.Span, $"guest {other.Name.Value} has `autostart: false`"));
                }
            }
        }
        CheckCircles(appliance, diagnostics);
    }

    // A circle is found from the guest of it that stands first, and said once.
    private static void CheckCircles(ApplianceDocument appliance, DiagnosticBag diagnostics)
    {
        HashSet<GuestDocument> done = [];
        foreach (GuestDocument guest in appliance.Guests)
        {
            if (FindCircle(appliance, guest, [], done) is not { } circle)
                continue;
            string way = string.Join(" after ", circle.Select(step => step.Guest.Name.Value).Append(circle[0].Guest.Name.Value));
            diagnostics.Add(ApplianceDiagnostics.StartCircle, circle[0].After.Span, $"these guests wait for each other: {way}",
                [.. circle.Skip(1).Select(step => new DiagnosticNote(step.After.Span, $"guest {step.Guest.Name.Value} comes after {step.After.Value} here"))]);
        }
    }

    private static (GuestDocument Guest, Located<string> After)[]? FindCircle(
        ApplianceDocument appliance, GuestDocument guest, (GuestDocument Guest, Located<string> After)[] way, HashSet<GuestDocument> done)
    {
        int seen = Array.FindIndex(way, step => step.Guest == guest);
        if (seen >= 0)
            return way[seen..];
        if (!done.Add(guest))
            return null;
        foreach (Located<string> first in guest.After)
        {
            if (appliance.Guests.FirstOrDefault(other => other.Name.Value == first.Value) is { } other
                && FindCircle(appliance, other, [.. way, (guest, first)], done) is { } circle)
                return circle;
        }
        return null;
    }
}
