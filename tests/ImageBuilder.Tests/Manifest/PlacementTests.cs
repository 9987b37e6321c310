using System.Text;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>Whatever guests ask for: what is placed is aligned, within RAM, nobody else's, and the same each time.</summary>
public class PlacementTests
{
    [Fact]
    public void PlacesAreSoundWhateverIsAsked()
    {
        Random random = new(7);
        int placedAll = 0;
        for (int round = 0; round < 200; round++)
        {
            string text = RandomManifest(random);
            Appliance? appliance = Load.Text(text).Appliance;
            if (appliance is null)
                continue;
            placedAll++;
            Assert.Equal([], Faults(appliance));
            Assert.Equal(appliance.Guests.Select(g => g.Memory), Load.Text(text).Appliance!.Guests.Select(g => g.Memory));
        }
        Assert.InRange(placedAll, 50, 200);
    }

    private static string RandomManifest(Random random)
    {
        StringBuilder text = new("appliance: random\nboard: small\nguests:\n");
        int guests = random.Next(1, 5);
        for (int i = 0; i < guests; i++)
        {
            int blocks = random.Next(4) == 0 ? random.Next(1, 1100) : random.Next(1, 40);
            string memory = random.Next(5) == 0 ? $"{{size: {2 * blocks} MiB, host: 0x{0x8000_0000L + random.Next(1000) * 0x20_0000L:x}}}" : $"{2 * blocks} MiB";
            text.Append($"  g{i}: {{cpus: [{i}], memory: {memory}, slot: 512 KiB, kernel: {{project: hello}}}}\n");
        }
        return text.ToString();
    }

    private static IEnumerable<string> Faults(Appliance appliance)
    {
        Board board = appliance.Board;
        List<AddressRange> taken = [board.HypervisorRam, board.Arm64.FirstStageScratch, new(board.Arm64.DeviceTreeAddress, Units.MiB)];
        foreach (Guest guest in appliance.Guests)
        {
            AddressRange range = new(guest.Memory.HostBase, guest.Memory.Size);
            if (range.Base % (2 * Units.MiB) != 0)
                yield return $"{guest.Name} is not aligned";
            if (!board.Ram.Any(r => range.Base >= r.Base && range.End <= r.End))
                yield return $"{guest.Name} is not in RAM";
            if (taken.Any(t => t.Base < range.End && range.Base < t.End))
                yield return $"{guest.Name} overlaps";
            taken.Add(range);
        }
    }
}
