using System.Collections;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>The board's devices that a guest was given and can have, each with the place that gives it.</summary>
internal sealed class GivenDevices(GuestDocument guest, BoardDocument? board) : IEnumerable<(BoardDeviceDocument Device, SourceSpan Span)>
{
    private readonly List<(BoardDeviceDocument Device, SourceSpan Span)> _devices =
    [
        .. from name in guest.Devices.DistinctBy(d => d.Value)
           let device = board?.Devices.FirstOrDefault(d => d.Name.Value == name.Value)
           where device is { Dma: false }
           select (device, name.Span),
    ];

    /// <summary>What the guest's entry in the appliance table holds.</summary>
    /// <param name="ram">Mappings that its RAM takes.</param>
    public void CheckCounts(int ram, DiagnosticBag diagnostics)
    {
        Check(ram + _devices.Sum(d => d.Device.Registers.Count), "mapped ranges", Limits.MaxMappings);
        Check(_devices.SelectMany(d => d.Device.Interrupts).DistinctBy(i => i.Value.IntId).Count(), "device interrupts", Limits.MaxGuestInterrupts);
        Check(_devices.Sum(d => d.Device.Ports.Count), "ranges of ports", Limits.MaxPortRanges);

        void Check(int count, string what, int most)
        {
            if (count > most)
                diagnostics.Add(SyntaxDiagnostics.WrongCount, guest.Devices[^1].Span, $"guest {guest.Name.Value} would have {count} {what}; {most} is the most");
        }
    }

    public IEnumerator<(BoardDeviceDocument Device, SourceSpan Span)> GetEnumerator() => _devices.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
