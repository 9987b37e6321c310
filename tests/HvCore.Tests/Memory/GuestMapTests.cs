using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Arm64.Memory;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Tests.Fake;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>From the appliance table's mappings to what the hardware makes of the tables, on both sides.</summary>
public sealed class GuestMapTests
{
    private const MapAttributes ReadWrite = MapAttributes.Read | MapAttributes.Write;
    private const int GuestBits = 39;

    private static readonly PhysicalAddressSize _size = new(4);

    [Fact]
    public void A_guest_reaches_its_mappings_and_nothing_else()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            GuestEntry guest = Random(seed);
            TableBench<Vmsav8Format> bench = new(Vmsav8Format.Stage2(_size), 1);
            PageTable<Vmsav8Format, FakeOps> table = bench.Table();
            Assert.Equal(PageTableStatus.Ok, GuestMap.Fill(in guest, ref table));
            bench.Machine.CheckQuiet();
            Assert.Empty(bench.Machine.Faults);
            Assert.Null(Model(Of(guest), mapping => mapping.Guest.Value, Rights).Compare(bench.Leaves()));
            foreach (GuestMapping mapping in Of(guest))
            {
                foreach (ulong offset in new[] { 0ul, mapping.Size - 1 })
                {
                    HardwareAccess access = bench.Access(HardwareWalks.Stage2(GuestBits), mapping.Guest.Value + offset);
                    Assert.Equal(new HardwareAccess(mapping.Host.Value + offset, Rights(mapping)), access);
                }
            }
        }
    }

    [Fact]
    public void Its_CPUs_reach_its_RAM_one_to_one_and_execute_nothing()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            GuestEntry guest = Random(seed);
            TableBench<Vmsav8Format> bench = new(Vmsav8Format.El2(_size, GuestBits), 1);
            PageTable<Vmsav8Format, FakeOps> table = bench.Table();
            Assert.Equal(PageTableStatus.Ok, GuestMap.FillHost(in guest, ref table));
            IEnumerable<GuestMapping> ram = Of(guest).Where(mapping => mapping.Kind == MappingKind.Ram);
            Assert.Null(Model(ram, mapping => mapping.Host.Value, _ => ReadWrite).Compare(bench.Leaves()));
        }
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        GuestEntry guest = Random(1);
        guest.Mapping[0].Host = new HostPhys(1ul << 47);
        TableBench<Vmsav8Format> bench = new(Vmsav8Format.Stage2(_size), 1);
        PageTable<Vmsav8Format, FakeOps> table = bench.Table();
        Assert.Equal(PageTableStatus.OutOfRange, GuestMap.Fill(in guest, ref table));

        guest = Random(1);
        TableBench<Vmsav8Format> poor = new(Vmsav8Format.Stage2(_size), 1, pages: 1);
        table = poor.Table();
        Assert.Equal(PageTableStatus.OutOfPages, GuestMap.Fill(in guest, ref table));
    }

    private static MapAttributes Rights(GuestMapping mapping) =>
        ReadWrite | (mapping.Kind == MappingKind.Ram ? MapAttributes.Execute : MapAttributes.Device);

    private static MappingModel Model(IEnumerable<GuestMapping> mappings, Func<GuestMapping, ulong> input, Func<GuestMapping, MapAttributes> rights)
    {
        MappingModel model = new();
        foreach (GuestMapping mapping in mappings)
            model.Map(new Mapping(input(mapping), mapping.Size, mapping.Host.Value, rights(mapping)));
        return model;
    }

    private static List<GuestMapping> Of(GuestEntry guest)
    {
        List<GuestMapping> mappings = [];
        for (int i = 0; i < (int)guest.MappingCount; i++)
            mappings.Add(guest.Mapping[i]);
        return mappings;
    }

    // Side by side or apart, in the guest as on the board, aligned to pages or to blocks; the first is RAM of at least a page.
    private static GuestEntry Random(int seed)
    {
        Random random = new(seed);
        GuestEntry guest = default;
        guest.MappingCount = (uint)random.Next(1, GuestEntry.MaxMappings + 1);
        ulong seen = 0x4000_0000, host = 0x5000_0000;
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            ulong unit = random.Next(2) == 0 ? TableSteps.Page : TableSteps.Mid;
            ulong size = (ulong)random.Next(1, 20) * unit;
            bool isRam = i == 0 || random.Next(3) != 0;
            guest.Mapping[i] = new() { Guest = new(seen), Host = new(host), Size = size, Kind = isRam ? MappingKind.Ram : MappingKind.Device };
            seen += size + (ulong)random.Next(3) * unit;
            host += size + (ulong)random.Next(3) * unit;
        }
        return guest;
    }
}
