using System.Collections.Generic;
using Bulkhead.BlackBox;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>What a black box holds.</summary>
/// <param name="Runs">The board's last runs, at most two, the older first.</param>
/// <param name="Records">The sound crash records in the order they were written.</param>
public sealed record BoxContents(IReadOnlyList<BoxRun> Runs, IReadOnlyList<CrashRecord> Records);

/// <summary>One run of the board.</summary>
/// <param name="Exits">By CPU, the oldest first; empty where the run was not traced.</param>
/// <param name="Events">By CPU, the oldest first.</param>
/// <param name="Consoles">The last text of each guest's console, by index, and of the hypervisor's, behind the last possible guest.</param>
public sealed record BoxRun(
    RunHeader Header, IReadOnlyList<IReadOnlyList<TraceEntry>> Exits, IReadOnlyList<IReadOnlyList<TraceEntry>> Events, IReadOnlyList<string> Consoles);
