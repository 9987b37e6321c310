using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Every vCPU has a CPU of the board to itself.</summary>
internal static class CpuValidator
{
    public static void Check(ApplianceDocument appliance, BoardDocument? board, DiagnosticBag diagnostics)
    {
        Dictionary<ulong, (GuestDocument Guest, SourceSpan Span)> owners = [];
        foreach (GuestDocument guest in appliance.Guests)
        {
            foreach (Located<ulong> cpu in guest.Cpus)
            {
                if (board?.Cpus is { } cpus && cpu.Value >= (ulong)cpus.Count)
                {
                    diagnostics.Add(ApplianceDiagnostics.UnknownCpu, cpu.Span,
                        $"guest {guest.Name.Value} wants CPU {cpu.Value}, and the board has CPUs 0 to {cpus.Count - 1}");
                }
                else if (!owners.TryAdd(cpu.Value, (guest, cpu.Span)))
                {
                    (GuestDocument owner, SourceSpan span) = owners[cpu.Value];
                    string both = owner == guest ? $"guest {guest.Name.Value} twice" : $"the guests {owner.Name.Value} and {guest.Name.Value}";
                    diagnostics.Add(ApplianceDiagnostics.CpuTwice, cpu.Span, $"CPU {cpu.Value} is given to {both}",
                        new DiagnosticNote(span, $"guest {owner.Name.Value} has it here"));
                }
            }
        }
        if (appliance.Guests.Count == 0)
            return;
        for (int cpu = 0; cpu < (board?.Cpus?.Count ?? 0); cpu++)
        {
            if (!owners.ContainsKey((ulong)cpu))
                diagnostics.Add(ApplianceDiagnostics.UnusedCpu, board!.Cpus![cpu].Span, $"CPU {cpu} is given to no guest");
        }
    }
}
