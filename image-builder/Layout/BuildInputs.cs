using Bulkhead.ImageBuilder.Signing;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// The board build's outputs, on arm64 flat binaries, on x86-64 ELF files; and where a guest built by this project lies.
/// </summary>
public sealed record BuildInputs(string FirstStage, string Hypervisor, Func<string, string> GuestProject)
{
    /// <summary>The tool that a Linux guest with `role: control` finds in its initramfs.</summary>
    public string? ControlTool { get; init; }

    public ExternalSigning Signing { get; init; } = ExternalSigning.None;
}
