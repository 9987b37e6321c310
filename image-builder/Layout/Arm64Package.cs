using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// Places kernel, device tree and initrd in the guest's memory as the arm64 boot protocol asks: the kernel 2 MiB aligned
/// plus text_offset, the tree within a 2 MiB block of its own.
/// </summary>
internal static class Arm64Package
{
    public static PackageContent Make(Guest guest, string board, byte[] kernel, byte[]? initrd)
    {
        KernelImage image = KernelImage.Read(kernel);
        ulong entry = guest.Memory.GuestBase + image.TextOffset;
        ulong afterKernel = Units.AlignUp(entry + Math.Max(image.ImageSize, (ulong)kernel.Length), Limits.Block);
        AddressRange? initrdRange = initrd is null ? null : new AddressRange(afterKernel + Limits.Block, (ulong)initrd.Length);
        GuestDeviceTree tree = GuestDeviceTree.Make(guest, board, initrdRange);
        ulong end = initrdRange?.End ?? afterKernel + (ulong)tree.Bytes.Length;
        if (end > guest.Memory.GuestBase + GuestRam.ForKernel(guest)[0].Size)
            throw new BuildException($"guest '{guest.Name}': kernel, device tree and initrd need {(end - guest.Memory.GuestBase) >> 20} MiB, its memory is {guest.Memory.Size >> 20} MiB");

        List<PackagePart> segments =
            [new(SegmentKind.Kernel, new GuestPhys(entry), kernel), new(SegmentKind.BootInfo, new GuestPhys(afterKernel), tree.Bytes)];
        if (initrd is not null)
            segments.Add(new PackagePart(SegmentKind.Initrd, new GuestPhys(initrdRange!.Value.Base), initrd));
        return new PackageContent(EntryKind.Arm64Image, new GuestPhys(entry), new GuestPhys(afterKernel), segments)
        {
            RngSeed = new GuestPhys(afterKernel + (ulong)tree.RngSeedOffset),
            RngSeedSize = GuestDeviceTree.RngSeedSize,
            KaslrSeed = new GuestPhys(afterKernel + (ulong)tree.KaslrSeedOffset),
            KaslrSeedSize = GuestDeviceTree.KaslrSeedSize,
        };
    }
}
