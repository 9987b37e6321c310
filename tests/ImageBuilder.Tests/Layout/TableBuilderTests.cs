using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Tests.Manifest;
using Bulkhead.ImageBuilder.Validation;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Layout;

public class TableBuilderTests
{
    /// <summary>
    /// Whatever `check` passes, the hypervisor's reader takes. Small devices crowd a few pages, so that guests' pages
    /// and their platforms' collide in every way.
    /// </summary>
    [Fact]
    public void WhatCheckPassesTheHypervisorAccepts()
    {
        Random random = new(11);
        string folder = Directory.CreateTempSubdirectory("bulkhead-table").FullName;
        HashSet<string> refusals = [];
        int accepted = 0;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "boards", "crowd"));
            for (int round = 0; round < 400; round++)
            {
                string[] devices = [.. Enumerable.Range(0, random.Next(1, 7)).Select(i => $"dev-{i}")];
                File.WriteAllText(Path.Combine(folder, "boards", "crowd", "board.yaml"), RandomBoard(random, devices));
                string path = Path.Combine(folder, "appliance.yaml");
                File.WriteAllText(path, RandomAppliance(random, devices));
                DiagnosticBag bag = new();
                Appliance? appliance = ApplianceLoader.Load(path, Path.Combine(folder, "boards"), null, bag);
                refusals.UnionWith(bag.All.Where(d => d.Severity == Severity.Error).Select(d => d.Code));
                if (appliance is null)
                    continue;
                accepted++;
                TableBuilder.Build(appliance, new ImageLayout(appliance));
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
        Assert.InRange(accepted, 40, 360);
        Assert.Superset(new HashSet<string> { "BH0104", "BH0207", "BH0214", "BH0216", "BH0217" }, refusals);
    }

    [Fact]
    public void PagesOfDevicesAreMappedOnce()
    {
        AddressRange[] registers = [new(0x1800, 0x200), new(0x3000, 0x1000), new(0x1000, 0x1001), new(0x2f00, 0x100), new(0x8000, 4)];
        Assert.Equal([new(0x1000, 0x2000), new(0x3000, 0x1000), new(0x8000, 0x1000)], Pages.Around(registers));
    }

    private static string RandomBoard(Random random, string[] devices)
    {
        StringBuilder board = new("""
            board: crowd
            cpus: [{mpidr: 0x0}, {mpidr: 0x1}, {mpidr: 0x2}]
            ram: [{base: 0x40000000, size: 64 MiB}]
            device_tree: 0x40000000
            first_stage_scratch: {base: 0x40180000, size: 512 KiB}
            hypervisor_ram: {base: 0x40200000, size: 2 MiB}
            flash: {base: 0x0, size: 32 MiB, erase_block: 256 KiB}
            uart: {base: 0x1c090000, intid: 50}
            gic: {gicd: 0x2f000000, gicr: 0x2f100000, gicr_stride: 0x20000}
            devices:

            """);
        foreach (string device in devices)
        {
            int at = 0x0900_0000 + random.Next(64) * 256, size = random.Next(4) == 0 ? random.Next(1, 40) * 256 : 256;
            board.AppendLine($"  {device}: {{compatible: [\"acme,dev\"], reg: [{{base: 0x{at:x8}, size: 0x{size:x}}}], interrupts: [{random.Next(60, 68)}], dma: false}}");
        }
        return board.ToString();
    }

    private static string RandomAppliance(Random random, string[] devices)
    {
        StringBuilder appliance = new("appliance: crowd\nboard: crowd\nguests:\n");
        string kernel = Path.Combine(TestFiles.Folder, "files", "Image");
        int guests = random.Next(1, 4);
        for (int guest = 0; guest < guests; guest++)
        {
            IEnumerable<string> given = devices.Where((_, i) => random.Next(6) == 0 || i % 3 == guest && random.Next(3) != 0);
            appliance.AppendLine($"  guest-{guest}: {{cpus: [{guest}], memory: 4 MiB, slot: 256 KiB, kernel: {{file: {kernel}}}, devices: [{string.Join(", ", given)}],");
            appliance.AppendLine($"    platform: {{uart: 0x{0x0900_0000 + random.Next(-2, 6) * 4096:x8}}}}}");
        }
        return appliance.ToString();
    }
}
