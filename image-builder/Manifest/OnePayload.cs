using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A guest has exactly one of `linux` and `kernel`, a kernel exactly one of `file` and `project`.</summary>
internal static class OnePayload
{
    public static void CheckGuest(Located<string> name, MapReader map)
    {
        if (map.Has("linux") && map.Has("kernel"))
        {
            map.Diagnostics.Add(ApplianceDiagnostics.OnePayload, map.Key("kernel")!.Span, $"guest {name.Value} has both `linux` and `kernel`",
                new DiagnosticNote(map.Key("linux")!.Span, "`linux` is here"));
        }
        else if (!map.Has("linux") && !map.Has("kernel"))
        {
            map.Diagnostics.Add(ApplianceDiagnostics.OnePayload, name.Span, $"guest {name.Value} has nothing to run", "add `linux` or `kernel`");
        }
    }

    public static void CheckKernel(MapReader map)
    {
        if (map.Has("file") && map.Has("project"))
        {
            map.Diagnostics.Add(ApplianceDiagnostics.OnePayload, map.Key("project")!.Span, "`kernel` has both `file` and `project`",
                new DiagnosticNote(map.Key("file")!.Span, "`file` is here"));
        }
        else if (!map.Has("file") && !map.Has("project"))
        {
            map.Diagnostics.Add(ApplianceDiagnostics.OnePayload, map.Owner, "`kernel` says neither `file` nor `project`");
        }
    }
}
