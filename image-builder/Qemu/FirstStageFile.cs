using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A PC's first stage as a file beside its image: QEMU starts it by its PVH note, where GRUB would by Multiboot2.</summary>
public static class FirstStageFile
{
    public static string PathOf(string image) => $"{image}.first-stage";

    /// <exception cref="BuildException">The image has none.</exception>
    public static void Write(string image)
    {
        byte[] all = File.ReadAllBytes(image);
        GptPartition? partition = Gpt.Read(all).FirstOrDefault(partition => partition.Name == ImageLayout.FirstStageName);
        ReadOnlySpan<byte> room = partition is null ? default : all.AsSpan((int)partition.Offset, (int)partition.Size);
        int length = ElfLength.Of(room) ?? throw new BuildException($"{image} has no first stage that QEMU could start; './bulkhead inspect' says more");
        File.WriteAllBytes(PathOf(image), room[..length]);
    }
}
