using System.Text.Json;
using System.Text.Json.Nodes;
using Bulkhead.BlackBox;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>A black box for programs; Schema/blackbox.schema.json has the keys. Addresses and registers are hexadecimal texts.</summary>
public static class BoxJson
{
    /// <summary>Grows when a key changes its meaning or goes away; new keys may come without.</summary>
    public const int Schema = 1;

    public static string Of(BoxContents box, BoxSymbols symbols) => new JsonObject
    {
        ["schema"] = Schema,
        ["runs"] = new JsonArray([.. box.Runs.Select(Run)]),
        ["records"] = new JsonArray([.. box.Records.Select(record => Record(record, symbols))]),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static JsonNode Run(BoxRun run)
    {
        RunHeader header = run.Header;
        return new JsonObject
        {
            ["run"] = header.Run,
            ["appliance"] = BoxWords.Name(header.Appliance),
            ["board"] = BoxWords.Name(header.Board),
            ["cpu_kind"] = header.Source.ToString().ToLowerInvariant(),
            ["frequency"] = header.Frequency,
            ["tracing"] = header.IsTracing != 0,
            ["guests"] = new JsonArray([.. Enumerable.Range(0, (int)header.GuestCount).Select(i => (JsonNode)BoxWords.Name(header.Guest[i]))]),
            ["cpus"] = new JsonArray([.. Enumerable.Range(0, (int)header.CpuCount).Select(cpu => new JsonObject
            {
                ["exits"] = new JsonArray([.. run.Exits[cpu].Select(entry => Exit(entry, header.Started, header.Source))]),
                ["events"] = new JsonArray([.. run.Events[cpu].Select(entry => Entry(entry, header.Started, entry.Pc, BoxWords.Event(in entry, in header)))]),
            })]),
            ["consoles"] = new JsonArray([.. run.Consoles.Take((int)header.GuestCount).Append(run.Consoles[BlackBoxLayout.Hypervisor]).Select(text => (JsonNode)text)]),
        };
    }

    private static JsonNode Record(CrashRecord record, BoxSymbols symbols) => new JsonObject
    {
        ["sequence"] = record.Sequence,
        ["run"] = record.Run,
        ["owner"] = BoxWords.Name(record.Name),
        ["cause"] = BoxWords.Cause(in record),
        ["cause_code"] = record.Cause,
        ["cause_detail"] = record.CauseDetail,
        ["cpu"] = record.Cpu,
        ["vcpu"] = record.Vcpu,
        ["cpu_kind"] = record.Source.ToString().ToLowerInvariant(),
        ["registers"] = new JsonObject(BoxWords.Registers(record).Select(register => KeyValuePair.Create(register.Name, (JsonNode?)Hex(register.Value)))),
        ["walk_address"] = Hex(record.WalkAddress),
        ["walk"] = new JsonArray([.. Enumerable.Range(0, (int)record.WalkCount).Select(i => new JsonObject { ["slot"] = Hex(record.Walk[i].Slot), ["entry"] = Hex(record.Walk[i].Entry) })]),
        ["backtrace"] = new JsonArray([.. Enumerable.Range(0, (int)record.BacktraceCount).Select(i => new JsonObject { ["address"] = Hex(record.Backtrace[i]), ["routine"] = symbols.At(record.Backtrace[i]) })]),
        ["exits"] = new JsonArray([.. Enumerable.Range(0, (int)record.ExitCount).Select(i => Exit(record.Exit[i], 0, record.Source))]),
        ["console"] = BoxWords.Console(in record),
    };

    private static JsonObject Exit(TraceEntry entry, ulong started, TraceSource source)
    {
        JsonObject exit = Entry(entry, started, entry.ExitPc, BoxWords.Exit(in entry, source));
        if (entry.Presented >= 0)
            exit["interrupt"] = entry.Presented;
        return exit;
    }

    private static JsonObject Entry(TraceEntry entry, ulong started, ulong pc, string text) => new()
    {
        ["time"] = entry.Time - started,
        ["what"] = text,
        ["code"] = Hex(entry.Code),
        ["detail"] = Hex(entry.Detail),
        ["pc"] = Hex(pc),
    };

    private static string Hex(ulong value) => $"0x{value:x}";
}
