namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>What a user may say of the emulator of a run.</summary>
/// <param name="Qemu">A file, or the least version; null takes what the board wants.</param>
/// <param name="Bochs">A file; null takes this machine's.</param>
/// <param name="Extra">Words for QEMU's command line, or lines for the bochsrc.</param>
public sealed record EmulatorOptions(string? Qemu, string? Bochs, bool ViaKernel, bool Uefi, IReadOnlyList<string> Extra)
{
    /// <summary>What the board writes to its flash or disk stays in the image; else it is forgotten when the run ends.</summary>
    public bool Keep { get; init; }

    /// <summary>What of a QEMU board's RAM is to be kept when the run ends.</summary>
    public MemoryCopy? Copy { get; init; }
}
