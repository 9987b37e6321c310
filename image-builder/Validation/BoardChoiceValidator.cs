using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What a manifest says for one board or architecture only: is it a board the manifest is for?</summary>
internal sealed class BoardChoiceValidator(ApplianceDocument appliance, IReadOnlyList<BoardDocument> boards, DiagnosticBag diagnostics)
{
    public void Check()
    {
        string[] names = [.. boards.Select(b => b.Name?.Value).OfType<string>().Distinct()];
        foreach (Located<string> named in appliance.Guests.SelectMany(g => g.DeviceLists).Select(d => d.Board).OfType<Located<string>>())
        {
            if (names.Contains(named.Value))
                continue;
            string help = Nearest.DidYouMean(named.Value, names) ?? "the appliance's boards: " + string.Join(", ", names);
            diagnostics.Add(ApplianceDiagnostics.OtherBoard, named.Span, $"the appliance is not for the board `{named.Value}`", help);
        }
        foreach ((var architecture, Located<string> key) in appliance.Guests.SelectMany(g => g.Platform.Keys))
        {
            if (boards.All(b => b.Architecture != architecture))
                diagnostics.Add(ApplianceDiagnostics.OtherArchitecture, key.Span, $"`{key.Value}` is of another architecture than every board of this appliance");
        }
    }
}
