using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>Places a kernel where it wants to be, the boot information below 1 MiB, and the initrd behind the kernel's own memory.</summary>
internal static class X86Package
{
    public static PackageContent Make(Guest guest, byte[] kernelFile, byte[]? initrd)
    {
        X86Kernel kernel = guest.Payload is LinuxPayload ? X86Kernel.ReadLinux(kernelFile) : X86Kernel.Read(kernelFile);
        AddressRange? initrdRange = initrd is null ? null : new AddressRange(Units.AlignUp(kernel.Memory.End, Limits.Block), (ulong)initrd.Length);
        ulong end = initrdRange?.End ?? kernel.Memory.End, low = GuestRam.ForKernel(guest)[0].Size;
        if (end > low)
            throw new BuildException($"guest '{guest.Name}': kernel and initrd need {end >> 20} MiB of memory, it has {low >> 20} MiB");
        X86BootInfo info = X86BootInfo.Make(guest, kernel, initrdRange);

        List<PackagePart> segments = [.. kernel.Segments.Select(segment => new PackagePart(SegmentKind.Kernel, new GuestPhys(segment.Load), segment.Content))];
        segments.Add(new PackagePart(SegmentKind.BootInfo, new GuestPhys(info.Address), info.Bytes));
        if (initrd is not null)
            segments.Add(new PackagePart(SegmentKind.Initrd, new GuestPhys(initrdRange!.Value.Base), initrd));
        return new PackageContent(kernel.EntryKind, new GuestPhys(kernel.Entry), new GuestPhys(info.Start), segments)
        {
            RngSeed = new GuestPhys(info.RngSeed),
            RngSeedSize = info.RngSeed == 0 ? 0u : X86BootInfo.RngSeedSize,
            PageTables = new GuestPhys(info.PageTables),
            Gdt = new GuestPhys(info.Gdt),
        };
    }
}
