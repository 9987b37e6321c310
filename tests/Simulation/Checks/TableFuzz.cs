using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Tables with right digests and wrong contents: of whatever the hypervisor takes, every page, CPU, interrupt and byte of
/// the image has one owner.
/// </summary>
internal static class TableFuzz
{
    private const int Tables = 60;

    public static void Run(Life life)
    {
        for (int i = 0; i < Tables; i++)
        {
            ApplianceTable table = life.Appliance.Table;
            for (int changes = life.Dice.Between(1, 2); changes != 0; changes--)
                Change(life.Dice, ref table);
            byte[] stored = MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref table)).ToArray();
            SHA256.HashData(stored.AsSpan(48)).CopyTo(stored.AsSpan(16));
            TableError error = Read(life, stored, out ApplianceTable read);
            life.Tally.Tables++;
            if (error == TableError.None && IsDamagedTaken(life, stored))
            {
                life.Fail("a table is taken whose bytes are not its digest's");
                return;
            }
            if (error == TableError.None && Complaint(in read) is { } complaint)
            {
                life.Fail($"a table is taken in which {complaint}");
                return;
            }
        }
    }

    private static bool IsDamagedTaken(Life life, byte[] stored)
    {
        stored[48 + life.Dice.Next(stored.Length - 48)] ^= (byte)(1 << life.Dice.Next(8));
        return Read(life, stored, out _) == TableError.None;
    }

    private static TableError Read(Life life, byte[] stored, out ApplianceTable table)
    {
        table = default;
        return life.Appliance.Architecture == CpuArchitecture.Arm64
            ? ApplianceTableReader.Read<Arm64TableRules>(stored, ref table, out _) : ApplianceTableReader.Read<X86TableRules>(stored, ref table, out _);
    }

    // To the edges of what others have, and a page or a number beyond.
    private static void Change(Dice dice, ref ApplianceTable table)
    {
        ref GuestEntry guest = ref table.Guest[dice.Next((int)table.GuestCount)];
        ref GuestEntry other = ref table.Guest[dice.Next((int)table.GuestCount)];
        ref GuestMapping mapping = ref guest.Mapping[dice.Next((int)guest.MappingCount)];
        GuestMapping its = other.Mapping[dice.Next((int)other.MappingCount)];
        ulong page = Appliance.PageSize * (ulong)dice.Between(-1, 1);
        switch (dice.Next(9))
        {
            case 0:
                mapping.Host = new(its.Host.Value + page);
                break;
            case 1:
                mapping.Size += page * (ulong)dice.Between(1, 2);
                break;
            case 2:
                mapping.Host = new(dice.Of(table.Board.Ram[0].Base.Value, table.Board.Ram[0].Base.Value + table.Board.Ram[0].Size,
                    table.Board.HypervisorRam.Base.Value + table.Board.HypervisorRam.Size) + page - (dice.OneIn(2) ? 0 : mapping.Size));
                break;
            case 3:
                mapping.Guest = new(its.Guest.Value + page + (dice.OneIn(2) ? 0 : its.Size));
                break;
            case 4:
                guest.Cpu[dice.Next((int)guest.VcpuCount)] = (uint)dice.Next((int)table.Board.CpuCount + 2);
                break;
            case 5:
                if (guest.InterruptCount != 0 && other.InterruptCount != 0)
                    guest.Interrupt[dice.Next((int)guest.InterruptCount)].PhysicalIntId = other.Interrupt[dice.Next((int)other.InterruptCount)].PhysicalIntId;
                break;
            case 6:
                guest.SlotA.Offset = dice.Of(other.SlotA.Offset, table.Board.ImageSize, table.Board.ImageSize - guest.SlotA.Size + ApplianceTableReader.SlotAlignment);
                break;
            case 7:
                guest.SlotA.Size *= (ulong)dice.Between(1, 3);
                break;
            default:
                mapping.Kind = (MappingKind)dice.Next(4);
                break;
        }
    }

    private static string? Complaint(in ApplianceTable table)
    {
        HashSet<ulong> pages = [], cpus = [], interrupts = [];
        HashSet<ulong> blocks = [];
        ulong ramEnd = table.Board.Ram[0].Base.Value + table.Board.Ram[0].Size;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            GuestEntry guest = table.Guest[i];
            HashSet<ulong> seen = [];
            for (int m = 0; m < (int)guest.MappingCount; m++)
            {
                GuestMapping mapping = guest.Mapping[m];
                for (ulong at = 0; at < mapping.Size; at += Appliance.PageSize)
                {
                    ulong host = mapping.Host.Value + at;
                    bool isRam = host >= table.Board.Ram[0].Base.Value && host < ramEnd;
                    if (!pages.Add(host))
                        return $"two have page {host:x}";
                    if (!seen.Add(mapping.Guest.Value + at))
                        return $"a guest has two pages at {mapping.Guest.Value + at:x}";
                    if (isRam != (mapping.Kind == MappingKind.Ram))
                        return $"page {host:x} is mapped as {mapping.Kind}";
                    if (host - table.Board.HypervisorRam.Base.Value < table.Board.HypervisorRam.Size)
                        return $"a guest has the hypervisor's page {host:x}";
                }
            }
            for (int v = 0; v < (int)guest.VcpuCount; v++)
            {
                if (guest.Cpu[v] >= table.Board.CpuCount || !cpus.Add(guest.Cpu[v]))
                    return $"CPU {guest.Cpu[v]} is given wrongly";
            }
            for (int n = 0; n < (int)guest.InterruptCount; n++)
            {
                if (!interrupts.Add(guest.Interrupt[n].PhysicalIntId))
                    return $"interrupt {guest.Interrupt[n].PhysicalIntId} is given twice";
            }
            for (ulong at = guest.SlotA.Offset; at < guest.SlotA.Offset + guest.SlotA.Size; at += ApplianceTableReader.SlotAlignment)
            {
                if (at + ApplianceTableReader.SlotAlignment > table.Board.ImageSize || !blocks.Add(at))
                    return $"the slot at {at:x} is given wrongly";
            }
        }
        return null;
    }
}
