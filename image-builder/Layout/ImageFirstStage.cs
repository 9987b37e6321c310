using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>What an image says of itself: its first stage's settings, which each architecture has at a place of its own.</summary>
public static class ImageFirstStage
{
    /// <summary>Whose instructions an image's file is of; null when it is no image, or too damaged to start anywhere.</summary>
    public static CpuArchitecture? ArchitectureOf(string image)
    {
        byte[] bytes = File.ReadAllBytes(image);
        return Find(bytes, GptReader.Read(bytes, new ImageProblems()))?.Architecture;
    }

    /// <summary>Null where there is no first stage of ours.</summary>
    public static (FirstStageConfig Config, CpuArchitecture Architecture)? Find(ReadOnlySpan<byte> image, IReadOnlyList<GptPartition> partitions)
    {
        if (partitions.FirstOrDefault(partition => partition.Name == ImageLayout.FirstStageName) is not { } stage)
            return null;
        foreach ((ulong offset, CpuArchitecture architecture) in new[] { ((ulong)FirstStageConfig.Offset, CpuArchitecture.Arm64), ((ulong)FirstStageConfig.OffsetInElf, CpuArchitecture.X86_64) })
        {
            ulong at = stage.Offset + offset;
            if (at + (ulong)Unsafe.SizeOf<FirstStageConfig>() > (ulong)image.Length)
                continue;
            FirstStageConfig config = MemoryMarshal.Read<FirstStageConfig>(image[(int)at..]);
            if (config.Magic == FirstStageConfig.ExpectedMagic)
                return (config, architecture);
        }
        return null;
    }
}
