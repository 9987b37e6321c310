using System.Collections.Generic;

namespace Bulkhead.Simulation;

/// <summary>What happened, a line each: all of it on the console, or the last lines kept for a report.</summary>
internal sealed class TraceLog(bool live, int keep)
{
    private readonly Queue<string> _last = [];

    public bool IsOn => live || keep != 0;

    public IEnumerable<string> Last => _last;

    public void Add(string line)
    {
        if (live)
            System.Console.WriteLine(line);
        if (keep == 0)
            return;
        if (_last.Count == keep)
            _last.Dequeue();
        _last.Enqueue(line);
    }
}
