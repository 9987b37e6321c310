using System.Text.Json;
using System.Text.Json.Nodes;
using Bulkhead.BlackBox;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>A run as a timeline in the Trace Event Format, which Chrome and Perfetto show: one row a CPU, an instant for each exit and event.</summary>
public static class BoxTrace
{
    public static string Of(BoxRun run)
    {
        JsonArray events = [];
        RunHeader header = run.Header;
        events.Add(Meta("process_name", 0, $"{BoxWords.Name(header.Appliance)} run {header.Run}"));
        for (int cpu = 0; cpu < (int)header.CpuCount; cpu++)
        {
            events.Add(Meta("thread_name", cpu, $"CPU {cpu}"));
            foreach (TraceEntry entry in run.Exits[cpu])
                events.Add(Instant(cpu, in entry, in header, BoxWords.ExitKind(in entry, header.Source), "exit", BoxWords.Exit(in entry, header.Source)));
            foreach (TraceEntry entry in run.Events[cpu])
                events.Add(Instant(cpu, in entry, in header, ((TraceEvent)(entry.Code >> 32)).ToString(), "event", BoxWords.Event(in entry, in header)));
        }
        return new JsonObject { ["displayTimeUnit"] = "ns", ["traceEvents"] = events }.ToJsonString(new JsonSerializerOptions { WriteIndented = false });
    }

    private static JsonObject Meta(string name, int cpu, string value) => new()
    {
        ["ph"] = "M",
        ["name"] = name,
        ["pid"] = 0,
        ["tid"] = cpu,
        ["args"] = new JsonObject { ["name"] = value },
    };

    private static JsonObject Instant(int cpu, in TraceEntry entry, in RunHeader header, string name, string category, string text) => new()
    {
        ["ph"] = "i",
        ["s"] = "t",
        ["name"] = name,
        ["cat"] = category,
        ["pid"] = 0,
        ["tid"] = cpu,
        ["ts"] = (entry.Time - header.Started) * 1e6 / Math.Max(header.Frequency, 1),
        ["args"] = new JsonObject { ["what"] = text },
    };
}
