using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Everything an appliance can be wrong about; what needs the board is left out when the board is not known.</summary>
internal static class ApplianceValidator
{
    /// <summary>Returns where each guest's memory lies.</summary>
    public static IReadOnlyDictionary<GuestDocument, ulong> Check(
        ApplianceDocument appliance, BoardDocument? board, string boardsDirectory, DiagnosticBag diagnostics)
    {
        CpuValidator.Check(appliance, board, diagnostics);
        IReadOnlyDictionary<GuestDocument, ulong> places = MemoryValidator.Check(appliance, board, diagnostics);
        FlashValidator.Check(appliance, board, diagnostics);
        if (board is not null)
            new DeviceValidator(appliance, board, diagnostics).Check();
        PayloadValidator payloads = new(appliance, boardsDirectory, diagnostics);
        foreach (GuestDocument guest in appliance.Guests)
        {
            new GuestMapValidator(guest, board, diagnostics).Check();
            payloads.Check(guest);
        }
        return places;
    }
}
