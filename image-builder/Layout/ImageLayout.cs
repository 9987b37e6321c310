using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>Where every partition of the image lies. All on whole 256 KiB, whatever smaller erase blocks the flash has; later updates need no other layout.</summary>
public sealed class ImageLayout
{
    private const ulong KiB = 1024;
    private const ulong Alignment = Limits.ImageAlignment;

    private readonly List<GptPartition> _partitions = [];
    private ulong _next;

    public ImageLayout(Appliance appliance)
    {
        _next = Alignment;
        FirstStage = Add("first-stage", 256 * KiB);
        HypervisorA = Add("hypervisor-a", 1024 * KiB);
        HypervisorB = Add("hypervisor-b", 1024 * KiB);
        TableA = Add("table-a", 256 * KiB);
        TableB = Add("table-b", 256 * KiB);
        Add("state-0", 256 * KiB);
        Add("state-1", 256 * KiB);
        Add("blackbox", 512 * KiB);
        Slots = appliance.Guests.Select(guest => (Add(guest.Name + "-a", guest.SlotSize), Add(guest.Name + "-b", guest.SlotSize))).ToArray();
        if (_next > appliance.Board.Flash.Size - Alignment)
            throw new BuildException($"the image needs {_next / KiB} KiB and its backup GPT, the board's flash has {appliance.Board.Flash.Size / KiB} KiB");
    }

    public IReadOnlyList<GptPartition> Partitions => _partitions;
    public GptPartition FirstStage { get; }
    public GptPartition HypervisorA { get; }
    public GptPartition HypervisorB { get; }
    public GptPartition TableA { get; }
    public GptPartition TableB { get; }

    /// <summary>Slots a and b of each guest, in the manifest's order.</summary>
    public IReadOnlyList<(GptPartition A, GptPartition B)> Slots { get; }

    private GptPartition Add(string name, ulong size)
    {
        size = (size + Alignment - 1) / Alignment * Alignment;
        GptPartition partition = new(name, _next, size);
        _partitions.Add(partition);
        _next += size;
        return partition;
    }
}
