using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Devices given to guests: known, given once, without DMA, alone in their pages and on their interrupts.</summary>
internal sealed class DeviceValidator(ApplianceDocument appliance, BoardDocument board, DiagnosticBag diagnostics)
{
    private readonly record struct Assignment(GuestDocument Guest, BoardDeviceDocument Device, SourceSpan Span);

    private readonly List<Assignment> _assignments = [];

    public void Check()
    {
        foreach (GuestDocument guest in appliance.Guests)
        {
            foreach (Located<string> name in guest.Devices)
                Assign(guest, name);
        }
        foreach (Assignment assignment in _assignments)
        {
            CheckPages(assignment);
            CheckInterrupts(assignment);
        }
        int steps = _assignments.Sum(a => a.Device.Reset.Count);
        if (steps > Limits.MaxResetSteps)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, _assignments[^1].Span, $"the guests' devices have {steps} steps of their resets; {Limits.MaxResetSteps} is the most");
        foreach (BoardDeviceDocument device in board.Devices.Where(d => !d.Dma && _assignments.All(a => a.Device != d)))
        {
            diagnostics.Add(ApplianceDiagnostics.UnusedDevice, device.Name.Span, $"device {device.Name.Value} is given to no guest");
        }
    }

    private void Assign(GuestDocument guest, Located<string> name)
    {
        if (board.Devices.FirstOrDefault(d => d.Name.Value == name.Value) is not { } device)
        {
            ReportUnknown(name);
            return;
        }
        int earlier = _assignments.FindIndex(a => a.Device == device);
        if (earlier >= 0)
        {
            Assignment first = _assignments[earlier];
            string both = first.Guest == guest ? $"guest {guest.Name.Value} twice" : $"the guests {first.Guest.Name.Value} and {guest.Name.Value}";
            diagnostics.Add(ApplianceDiagnostics.DeviceTwice, name.Span, $"device {name.Value} is given to {both}",
                new DiagnosticNote(first.Span, $"guest {first.Guest.Name.Value} has it here"));
            return;
        }
        _assignments.Add(new Assignment(guest, device, name.Span));
        if (device.Dma)
        {
            diagnostics.Add(ApplianceDiagnostics.DmaDevice, name.Span,
                $"device {name.Value} can read and write all memory by DMA, and the board has no IOMMU to keep it from that",
                new DiagnosticNote(device.Name.Span, "the board describes it here"));
        }
    }

    private void ReportUnknown(Located<string> name)
    {
        if (name.Value is "uart" or "gic" or "flash" or "apic" or "disk")
        {
            diagnostics.Add(ApplianceDiagnostics.UnknownDevice, name.Span, $"`{name.Value}` is the hypervisor's and cannot be given to a guest");
            return;
        }
        string[] known = [.. board.Devices.Select(d => d.Name.Value)];
        string help = Nearest.DidYouMean(name.Value, known) ?? "the board's devices: " + string.Join(", ", known);
        diagnostics.Add(ApplianceDiagnostics.UnknownDevice, name.Span, $"the board has no device `{name.Value}`", help);
    }

    /// <summary>Whatever lies in a device's pages is mapped with it; only devices of the same guest may lie there.</summary>
    private void CheckPages(Assignment assignment)
    {
        foreach (Region registers in assignment.Device.Registers)
        {
            foreach (BoardDeviceDocument other in board.Devices.Where(d => d != assignment.Device))
            {
                Assignment theirs = _assignments.FirstOrDefault(a => a.Device == other);
                if (theirs.Guest == assignment.Guest || other.Registers.FirstOrDefault(r => r.Overlaps(Pages.Around(registers.Range))) is not { } shared)
                    continue;
                // A pair of two guests is reported at the later one.
                if (theirs.Guest is not null && _assignments.IndexOf(theirs) > _assignments.IndexOf(assignment))
                    continue;
                string whose = theirs.Guest is null ? "" : $" of guest {theirs.Guest.Name.Value}";
                diagnostics.Add(ApplianceDiagnostics.SharedPage, assignment.Span,
                    $"device {assignment.Device.Name.Value} ({Units.Range(registers.Range)}) has device {other.Name.Value}{whose} ({Units.Range(shared.Range)}) in its page",
                    theirs.Guest is null
                        ? new DiagnosticNote(shared.Span, $"device {other.Name.Value} is here")
                        : new DiagnosticNote(theirs.Span, $"guest {theirs.Guest.Name.Value} has {other.Name.Value} here"));
                return;
            }
        }
    }

    private void CheckInterrupts(Assignment assignment)
    {
        foreach (uint intId in assignment.Device.Interrupts.Select(i => i.Value.IntId))
        {
            Assignment other = _assignments
                .TakeWhile(a => a.Device != assignment.Device)
                .FirstOrDefault(a => a.Guest != assignment.Guest && a.Device.Interrupts.Any(i => i.Value.IntId == intId));
            if (other.Device is null)
                continue;
            diagnostics.Add(ApplianceDiagnostics.SharedInterrupt, assignment.Span,
                $"devices {other.Device.Name.Value} and {assignment.Device.Name.Value} share interrupt {intId} and are given to different guests",
                new DiagnosticNote(other.Span, $"guest {other.Guest.Name.Value} has {other.Device.Name.Value} here"));
        }
    }
}
