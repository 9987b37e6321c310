using System;
using Bulkhead.Boot;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Finds the image: where the first stage says, else in the device tree's initrd (U-Boot, -kernel).</summary>
internal static unsafe class BootImage
{
    private static MapAttributes _attributes;

    public static MapAttributes Attributes => _attributes;

    public static void Find(HostPhys deviceTree, HostPhys image, ulong imageSize)
    {
        _attributes = MapAttributes.Read | MapAttributes.NonCacheable;
        if (imageSize == 0)
        {
            _attributes = MapAttributes.Read;
            DeviceTreeFacts facts = default;
            if (!BootDeviceTree.TryRead(deviceTree, ref facts) || !facts.HasInitrd)
                Bug.Stop(BugKind.Assertion);
            image = facts.InitrdStart;
            imageSize = facts.InitrdEnd - facts.InitrdStart;
        }
        else if (imageSize <= NorFlash.MostBytes)
        {
            NorFlash.Use(image, imageSize);
        }
        // Whole pages: an initrd's end is wherever its file ends.
        imageSize = (imageSize + 4095) & ~4095ul;
        MappedImage.Use(image, imageSize);
        HostMap.AddFirst(MappedImage.VirtualOffset + image.Value, image, imageSize, _attributes);
        if (NorFlash.IsThere)
            HostMap.AddFirst(NorFlash.CommandOffset + image.Value, image, imageSize, HostMap.Device);
    }
}
