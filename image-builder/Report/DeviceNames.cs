using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Which devices a mapping is for: the table has addresses only, the guest's device tree or the manifest has names.</summary>
internal static class DeviceNames
{
    public static string? In(ReadOnlySpan<byte> deviceTree, MappingReport mapping) => Joined(
        mapping, DeviceTreeNodes.Read(deviceTree).SelectMany(node => node.Registers.Select(range => (node.Name.Split('@')[0], new AddressRange(range.Base, range.Size)))));

    public static string? In(Guest guest, MappingReport mapping) => Joined(
        mapping, guest.Devices.SelectMany(device => device.Registers.Select(range => (device.Name, range))));

    private static string? Joined(MappingReport mapping, IEnumerable<(string Name, AddressRange Range)> devices)
    {
        if (mapping.Kind != "device")
            return null;
        string[] names = [.. devices
            .Where(device => device.Range.Base >= mapping.Host && device.Range.Base - mapping.Host < mapping.Size)
            .Select(device => device.Name).Distinct()];
        return names.Length == 0 ? null : string.Join(", ", names);
    }
}
