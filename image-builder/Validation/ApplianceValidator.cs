using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Everything an appliance can be wrong about; what needs the board is left out when the board is not known.</summary>
internal static class ApplianceValidator
{
    /// <summary>Returns where each guest's memory lies.</summary>
    /// <param name="others">The other boards the appliance is for.</param>
    public static IReadOnlyDictionary<GuestDocument, ulong> Check(
        ApplianceDocument appliance, BoardDocument? board, IReadOnlyList<BoardDocument> others, string boardsDirectory, DiagnosticBag diagnostics)
    {
        if (board is not null)
            new BoardChoiceValidator(appliance, [board, .. others], diagnostics).Check();
        StartOrderValidator.Check(appliance, diagnostics);
        CheckRoles(appliance, diagnostics);
        KeyValidator.Check(appliance, diagnostics);
        CpuValidator.Check(appliance, board, diagnostics);
        IReadOnlyDictionary<GuestDocument, ulong> places = MemoryValidator.Check(appliance, board, diagnostics);
        FlashValidator.Check(appliance, board, diagnostics);
        if (board is not null)
            new DeviceValidator(appliance, board, diagnostics).Check();
        PayloadValidator payloads = new(appliance, board?.Architecture, boardsDirectory, diagnostics);
        foreach (GuestDocument guest in appliance.Guests)
        {
            if (board is null || board.Architecture == CpuArchitecture.Arm64)
                new GuestMapValidator(guest, board, diagnostics).Check();
            else
                new PcMapValidator(guest, board, diagnostics).Check();
            payloads.Check(guest);
        }
        return places;
    }

    private static void CheckRoles(ApplianceDocument appliance, DiagnosticBag diagnostics)
    {
        GuestDocument[] control = [.. appliance.Guests.Where(guest => guest.IsControl)];
        foreach (GuestDocument second in control.Skip(1))
        {
            diagnostics.Add(ApplianceDiagnostics.SecondControl, second.Role!.Span, $"guest {second.Name.Value} is a control guest, and {control[0].Name.Value} is one already",
                new DiagnosticNote(control[0].Role!.Span, "the first one is here"));
        }
    }
}
