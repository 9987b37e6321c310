using System.Globalization;
using System.Text;
using Bulkhead.BlackBox;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>A black box for people: one paragraph a record, the newest last, then what each run says.</summary>
public static class BoxText
{
    private const int ShownEvents = 8, ShownLines = 6;

    public static string Of(BoxContents box, BoxSymbols symbols)
    {
        StringBuilder text = new();
        if (box.Runs.Count == 0 && box.Records.Count == 0)
            return "The black box is empty: nothing has run with it since its RAM had power, or it lies elsewhere.\n";
        foreach (BoxRun run in box.Runs)
            WriteRun(text, run);
        foreach (CrashRecord record in box.Records)
            WriteRecord(text, in record, symbols);
        if (box.Records.Count == 0)
            text.Append("No crash records.\n");
        return text.ToString();
    }

    private static void WriteRun(StringBuilder text, BoxRun run)
    {
        RunHeader header = run.Header;
        text.Append(CultureInfo.InvariantCulture, $"run {header.Run}: appliance {BoxWords.Name(header.Appliance)} on {BoxWords.Name(header.Board)}, {header.CpuCount} CPUs, {header.Source}, exits {(header.IsTracing != 0 ? "traced" : "not traced")}\n");
        for (int cpu = 0; cpu < run.Events.Count; cpu++)
        {
            if (run.Events[cpu].Count == 0 && run.Exits[cpu].Count == 0)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"  CPU {cpu}: {run.Exits[cpu].Count} exits, {run.Events[cpu].Count} events");
            text.Append(run.Events[cpu].Count > 0 ? ", the last of them:\n" : "\n");
            foreach (TraceEntry entry in run.Events[cpu].TakeLast(ShownEvents))
                text.Append(CultureInfo.InvariantCulture, $"    {BoxWords.Seconds(entry.Time - header.Started, header.Frequency),14} s  {BoxWords.Event(in entry, in header)}\n");
        }
    }

    private static void WriteRecord(StringBuilder text, in CrashRecord record, BoxSymbols symbols)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nrecord {record.Sequence}, run {record.Run}: {BoxWords.Name(record.Name)}: {BoxWords.Cause(in record)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  CPU {record.Cpu}, vCPU {record.Vcpu}, {record.Source}\n");
        int column = 0;
        foreach ((string name, ulong value) in BoxWords.Registers(record))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {name,-15} {value,16:x}");
            if (++column % 3 == 0)
                text.Append('\n');
        }
        if (column % 3 != 0)
            text.Append('\n');
        if (record.WalkCount != 0)
            text.Append(CultureInfo.InvariantCulture, $"  walk of guest-physical 0x{record.WalkAddress:x}:\n");
        for (int i = 0; i < (int)record.WalkCount; i++)
            text.Append(CultureInfo.InvariantCulture, $"    entry at 0x{record.Walk[i].Slot:x}: 0x{record.Walk[i].Entry:x}{((record.Walk[i].Entry & 1) == 0 ? ", not valid" : "")}\n");
        for (int i = 0; i < (int)record.BacktraceCount; i++)
            text.Append(CultureInfo.InvariantCulture, $"  #{i} 0x{record.Backtrace[i]:x} {symbols.At(record.Backtrace[i])}\n");
        for (int i = 0; i < (int)record.ExitCount; i++)
            text.Append(CultureInfo.InvariantCulture, $"  exit {BoxWords.Ago(in record, record.Exit[i].Time)}: {BoxWords.Exit(in record.Exit[i], record.Source)}\n");
        if (record.ExitCount == 0)
            text.Append("  no exits: the manifest has no `trace: true`\n");
        string console = BoxWords.Console(in record);
        if (console.Length != 0)
            text.Append("  console:\n");
        foreach (string line in console.TrimEnd('\n').Split('\n').TakeLast(ShownLines))
            text.Append("    ").Append(line).Append('\n');
    }
}
