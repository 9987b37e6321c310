using System;
using Bulkhead.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>
/// Table walks written from the manuals and from nothing else, strict: an entry with a bit set that the format keeps
/// reserved, or that hardware would want to write, is a failure of the test. Only what the project uses is known.
/// </summary>
internal static class HardwareWalks
{
    private const ulong AddressBits = (1ul << 52) - 1;

    /// <summary>FakeFormat's own description of itself.</summary>
    public static HardwareAccess Fake(Func<ulong, ulong> read, ulong table, ulong input)
    {
        for (int level = 0; ; level++)
        {
            int shift = 39 - 9 * level;
            ulong entry = read(table + (input >> shift & 511) * 8) >> (level + 1);
            if ((entry & 0x101) != 0x101)
                return default;
            ulong address = entry & ~0xffful;
            if (level == 3 || (entry & 2) == 0)
                return new(address + (input & ((1ul << shift) - 1)), (MapAttributes)(entry >> 2 & 31));
            table = address;
        }
    }

    /// <summary>DDI 0487 D8.3 stage 2, start level 1; MemAttr with FWB = 0, S2AP, XN[1:0].</summary>
    public static HardwareWalk Stage2(int inputBits) => (read, root, input) =>
    {
        (ulong leaf, ulong output) = Vmsav8(read, root, input, inputBits);
        if (leaf == 0)
            return default;
        MapAttributes attributes = Permissions((leaf & 1ul << 6) != 0, (leaf & 1ul << 7) != 0, (leaf >> 53 & 3) switch
        {
            0 => true,
            2 => false,
            _ => throw new InvalidOperationException("XN needs FEAT_XNX"),
        });
        return new(output, attributes | (leaf >> 2 & 15) switch
        {
            0b1111 when (leaf >> 8 & 3) == 3 => MapAttributes.None,
            0b0101 => MapAttributes.NonCacheable,
            0b0001 => MapAttributes.Device,
            _ => throw new InvalidOperationException("MemAttr"),
        });
    };

    /// <summary>DDI 0487 D8.3 stage 1 of EL2 with one range of addresses; AttrIndx as MAIR_EL2 is loaded.</summary>
    public static HardwareAccess El2(Func<ulong, ulong> read, ulong root, ulong input)
    {
        (ulong leaf, ulong output) = Vmsav8(read, root, input, 39);
        if (leaf == 0)
            return default;
        if ((leaf & 1ul << 6) == 0)
            throw new InvalidOperationException("AP[1] is RES1");
        MapAttributes attributes = Permissions(true, (leaf & 1ul << 7) == 0, (leaf & 1ul << 54) == 0);
        return new(output, attributes | (0x44ff04ul >> (int)(8 * (leaf >> 2 & 7)) & 0xff) switch
        {
            0xff when (leaf >> 8 & 3) == 3 => MapAttributes.None,
            0x44 => MapAttributes.NonCacheable,
            0x04 => MapAttributes.Device,
            _ => throw new InvalidOperationException("MAIR"),
        });
    }

    /// <summary>SDM 3 4.5.4: a supervisor's access with EFER.NXE = 1, CR0.WP = 1 and the PAT's power-on value.</summary>
    public static HardwareWalk LongMode(int physicalBits) => (read, root, input) => Amd64(read, root, input, physicalBits, user: false);

    /// <summary>APM 2 15.25.5: the same, as a user.</summary>
    public static HardwareWalk Nested(int physicalBits) => (read, root, input) => Amd64(read, root, input, physicalBits, user: true);

    /// <summary>SDM 3 28.3.2 and 28.3.3.1: misconfigurations are failures.</summary>
    public static HardwareWalk Extended(int physicalBits) => (read, table, input) =>
    {
        ulong permissions = 7;
        for (int shift = 39; ; shift -= 9)
        {
            ulong entry = read(table + (input >> shift & 511) * 8);
            if ((entry & 7) == 0)
                return default;
            if ((entry & 3) == 2 || (entry & 7) == 4)
                throw new InvalidOperationException("not readable");
            permissions &= entry;
            bool isLeaf = shift == 12 || (entry & 0x80) != 0;
            ulong size = 1ul << shift;
            ulong address = entry & AddressBits & ~0xffful;
            if (shift == 39 && (entry & 0xf8) != 0 || !isLeaf && (entry & 0xf8) != 0 || isLeaf && (address & (size - 1)) != 0
                || address >> physicalBits != 0)
            {
                throw new InvalidOperationException("reserved bits");
            }
            if (!isLeaf)
            {
                table = address;
                continue;
            }
            MapAttributes attributes = Permissions(true, (permissions & 2) != 0, (permissions & 4) != 0);
            return new(address + (input & (size - 1)), attributes | (entry >> 3 & 15) switch
            {
                6 => MapAttributes.None,
                1 => MapAttributes.NonCacheable,
                8 => MapAttributes.Device,
                _ => throw new InvalidOperationException("memory type"),
            });
        }
    };

    private static HardwareAccess Amd64(Func<ulong, ulong> read, ulong table, ulong input, int physicalBits, bool user)
    {
        bool canWrite = true, canExecute = true;
        for (int shift = 39; ; shift -= 9)
        {
            ulong entry = read(table + (input >> shift & 511) * 8);
            if ((entry & 1) == 0)
                return default;
            canWrite &= (entry & 2) != 0;
            canExecute &= entry >> 63 == 0;
            if (user != ((entry & 4) != 0))
                throw new InvalidOperationException("U/S");
            bool isLeaf = shift == 12 || (entry & 0x80) != 0;
            ulong size = 1ul << shift;
            ulong address = entry & AddressBits & ~0xffful;
            if (shift == 39 && (entry & 0x80) != 0 || isLeaf && (address & (size - 1)) != 0 || address >> physicalBits != 0)
                throw new InvalidOperationException("reserved bits");
            if ((entry & 0x20) == 0 || isLeaf && (entry & 0x40) == 0)
                throw new InvalidOperationException("the walk would write A or D");
            if (!isLeaf)
            {
                table = address;
                continue;
            }
            MapAttributes type = (0x0007_0406ul >> (int)(8 * (entry >> 3 & 3)) & 0xff) switch
            {
                6 => MapAttributes.None,
                7 => MapAttributes.NonCacheable,
                0 => MapAttributes.Device,
                _ => throw new InvalidOperationException("PAT"),
            };
            return new(address + (input & (size - 1)), Permissions(true, canWrite, canExecute) | type);
        }
    }

    private static (ulong Leaf, ulong Output) Vmsav8(Func<ulong, ulong> read, ulong table, ulong input, int inputBits)
    {
        if (input >> inputBits != 0)
            return default;
        for (int shift = 30; ; shift -= 9)
        {
            ulong entry = read(table + (input >> shift & 511) * 8);
            if ((entry & 1) == 0)
                return default;
            ulong size = 1ul << shift;
            ulong address = entry & (1ul << 48) - 1 & ~0xffful;
            if (shift != 12 && (entry & 2) != 0)
            {
                if (entry >> 59 != 0)
                    throw new InvalidOperationException("a table restricts what is below it");
                table = address;
                continue;
            }
            if (shift == 12 && (entry & 2) == 0 || (address & (size - 1)) != 0)
                throw new InvalidOperationException("reserved");
            if ((entry & 1ul << 10) == 0)
                throw new InvalidOperationException("access flag");
            return (entry, address + (input & (size - 1)));
        }
    }

    private static MapAttributes Permissions(bool read, bool write, bool execute) =>
        (read ? MapAttributes.Read : 0) | (write ? MapAttributes.Write : 0) | (execute ? MapAttributes.Execute : 0);
}
