using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>GRUB for a PC's image.</summary>
public sealed class GrubLoader
{
    /// <summary>Debian packages with the parts of GRUB that an image holds.</summary>
    public static IReadOnlyList<string> Packages(CpuArchitecture architecture) =>
        architecture == CpuArchitecture.X86_64 ? ["grub-pc-bin", "grub-efi-amd64-bin"] : [];
}
