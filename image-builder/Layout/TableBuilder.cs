using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>The appliance table of a checked appliance.</summary>
public static class TableBuilder
{
    /// <exception cref="BuildException">The hypervisor's own reader refuses the table: the validation let something pass.</exception>
    public static byte[] Build(Appliance appliance, ImageLayout layout)
    {
        ApplianceTable table = Make(appliance, layout);
        byte[] bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in table, 1)).ToArray();
        ApplianceTable read = default;
        TableError error = ApplianceTableReader.Read<Arm64TableRules>(bytes, ref read, out int guest);
        if (error == TableError.None)
            return bytes;
        string whose = guest < 0 ? "" : $" of guest '{appliance.Guests[guest].Name}'";
        throw new BuildException($"the hypervisor would refuse this appliance{whose}: {Encoding.ASCII.GetString(TableErrorText.Of(error))}");
    }

    public static ApplianceTable Make(Appliance appliance, ImageLayout layout)
    {
        ApplianceTable table = default;
        table.Magic = ApplianceTable.ExpectedMagic;
        table.Version = ApplianceTable.CurrentVersion;
        table.Size = (uint)Unsafe.SizeOf<ApplianceTable>();
        table.ManifestDigest = Names.Digest(appliance.ManifestDigest);
        table.ApplianceName = Names.Fixed(appliance.Name);
        table.Board = Facts(appliance.Board);
        table.GuestCount = (uint)appliance.Guests.Count;
        for (int i = 0; i < appliance.Guests.Count; i++)
            table.Guest[i] = Entry(appliance.Guests[i], layout.Slots[i]);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref table, 1));
        table.Digest = Names.Digest(SHA256.HashData(bytes[(16 + 32)..]));
        return table;
    }

    public static HostRange Host(AddressRange range) => new() { Base = new HostPhys(range.Base), Size = range.Size };

    public static ImageRange Image(GptPartition partition) => new() { Offset = partition.Offset, Size = partition.Size };

    private static BoardFacts Facts(Board board)
    {
        BoardFacts facts = default;
        facts.Name = Names.Fixed(board.Name);
        facts.Architecture = CpuArchitecture.Arm64;
        facts.CpuCount = (uint)board.CpuIds.Count;
        for (int i = 0; i < board.CpuIds.Count; i++)
            facts.CpuId[i] = board.CpuIds[i];
        facts.RamRangeCount = (uint)board.Ram.Count;
        for (int i = 0; i < board.Ram.Count; i++)
            facts.Ram[i] = Host(board.Ram[i]);
        facts.HypervisorRam = Host(board.HypervisorRam);
        facts.ImageSize = board.Flash.Size;
        facts.Arm64 = new Arm64Board
        {
            Flash = new HostPhys(board.Flash.Base),
            Uart = new HostPhys(board.Uart.Base),
            UartIntId = board.Uart.IntId,
            Gicd = new HostPhys(board.Gic.Gicd),
            Gicr = new HostPhys(board.Gic.Gicr),
            GicrStride = board.Gic.GicrStride,
        };
        return facts;
    }

    private static GuestEntry Entry(Guest guest, (GptPartition A, GptPartition B) slots)
    {
        GuestEntry entry = default;
        entry.Name = Names.Fixed(guest.Name);
        entry.VcpuCount = (uint)guest.Cpus.Count;
        for (int i = 0; i < guest.Cpus.Count; i++)
            entry.Cpu[i] = (uint)guest.Cpus[i];
        entry.Flags = guest.AutoStart ? GuestFlags.AutoStart : GuestFlags.None;
        entry.Mapping[0] = new GuestMapping
        {
            Guest = new GuestPhys(guest.Memory.GuestBase),
            Host = new HostPhys(guest.Memory.HostBase),
            Size = guest.Memory.Size,
            Kind = MappingKind.Ram,
        };
        int count = 1;
        foreach (AddressRange pages in guest.Devices.SelectMany(device => device.Registers).Select(Pages.Around).Distinct())
        {
            entry.Mapping[count++] = new GuestMapping
            {
                Guest = new GuestPhys(pages.Base),
                Host = new HostPhys(pages.Base),
                Size = pages.Size,
                Kind = MappingKind.Device,
            };
        }
        entry.MappingCount = (uint)count;
        count = 0;
        foreach (BoardInterrupt interrupt in guest.Devices.SelectMany(device => device.Interrupts).DistinctBy(interrupt => interrupt.IntId))
        {
            entry.Interrupt[count++] = new GuestInterrupt
            {
                PhysicalIntId = interrupt.IntId,
                VirtualIntId = interrupt.IntId,
                Edge = interrupt.Edge ? 1u : 0u,
            };
        }
        entry.InterruptCount = (uint)count;
        entry.Arm64 = new Arm64Platform
        {
            Gicd = new GuestPhys(guest.Platform.Gicd),
            Gicr = new GuestPhys(guest.Platform.Gicr),
            Uart = new GuestPhys(guest.Platform.Uart),
            UartIntId = guest.Platform.UartIntId,
            IntIdCount = guest.Platform.IntIdCount,
        };
        entry.SlotA = Image(slots.A);
        entry.SlotB = Image(slots.B);
        return entry;
    }
}
