using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Signing;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Keys that are keys, a root wherever anything is signed, and what an appliance for production must have.</summary>
internal static class KeyValidator
{
    public static void Check(ApplianceDocument appliance, DiagnosticBag diagnostics)
    {
        if (appliance.Production is { Value: true } production)
            CheckProduction(appliance, production, diagnostics);
        if (appliance.Keys.Root is null)
        {
            foreach (GuestDocument guest in appliance.Guests.Where(guest => guest.Key is not null))
                diagnostics.Add(ApplianceDiagnostics.KeyWithoutRoot, guest.Key!.Span, $"guest {guest.Name.Value} has a key, and the appliance has no root key that says so");
        }
        foreach (Located<string> key in new[] { appliance.Keys.Root, appliance.Keys.NextRoot }.Concat(appliance.Guests.Select(guest => guest.Key)).OfType<Located<string>>())
            CheckKey(appliance, key, diagnostics);
    }

    private static void CheckProduction(ApplianceDocument appliance, Located<bool> production, DiagnosticBag diagnostics)
    {
        DiagnosticNote here = new(production.Span, "it is marked so here");
        if (appliance.Keys.Root is null)
            diagnostics.Add(ApplianceDiagnostics.UnsignedProduction, production.Span, "an appliance for production has no `keys`: nobody would notice a package that somebody else has made");
        if (appliance.CrashCall is { Value: true } crash)
            diagnostics.Add(ApplianceDiagnostics.CrashCallInProduction, crash.Span, "guests may crash the hypervisor, and the appliance is for production", here);
        if (appliance.Management)
            diagnostics.Add(ApplianceDiagnostics.ManagedProduction, production.Span, "whoever has the debug UART of this appliance for production manages its guests");
    }

    private static void CheckKey(ApplianceDocument appliance, Located<string> named, DiagnosticBag diagnostics)
    {
        string path = appliance.Resolve(named.Value);
        try
        {
            if (SigningKey.Load(path).IsDevelopment && appliance.Production is { Value: true } production)
            {
                diagnostics.Add(ApplianceDiagnostics.DevelopmentKey, named.Span, $"`{named.Value}` is a development key, and the appliance is for production",
                    new DiagnosticNote(production.Span, "it is marked so here"));
            }
        }
        catch (BuildException e)
        {
            diagnostics.Add(ApplianceDiagnostics.NotAKey, named.Span, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(ApplianceDiagnostics.NoSuchFile, named.Span, $"`{named.Value}` cannot be read: {e.Message}");
        }
    }
}
