using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What a file must be to start as a guest's kernel, for either architecture.</summary>
internal static class KernelFile
{
    /// <summary>Null when the file is a kernel for the architecture; otherwise what is wrong, in words that follow "the file".</summary>
    public static string? Refusal(ReadOnlySpan<byte> file, CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64
        ? KernelImage.Refusal(file[..Math.Min(file.Length, KernelImage.ProbeSize)])
        : X86Kernel.Refusal(file);

    /// <summary>The memory it needs, as an offset from the start of RAM and a length, once <see cref="Refusal"/> has nothing to say.</summary>
    public static AddressRange MemoryOf(ReadOnlySpan<byte> file, CpuArchitecture architecture)
    {
        if (architecture == CpuArchitecture.X86_64)
            return X86Kernel.Read(file).Memory;
        KernelImage image = KernelImage.Read(file);
        return new AddressRange(image.TextOffset, image.ImageSize);
    }

    /// <summary>The architecture whose kernels begin like this one; arm64 when in doubt.</summary>
    public static CpuArchitecture ArchitectureOf(ReadOnlySpan<byte> file) =>
        X86Kernel.Refusal(file) is null ? CpuArchitecture.X86_64 : CpuArchitecture.Arm64;
}
