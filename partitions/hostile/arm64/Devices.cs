namespace Bulkhead.Guests.Hostile;

/// <summary>Loads and stores where the guest's devices are, where nothing is, and on the edges between.</summary>
internal static class Devices
{
    private const ulong GicdSize = 0x1_0000, GicrSize = 0x2_0000, UartSize = 0x1000;

    /// <summary>GICD and both redistributors: every register, byte, width and alignment, by Device and by Normal mappings.</summary>
    public static void FloodGic(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            bool isDistributor = random.OneIn(2);
            ulong size = isDistributor ? GicdSize : GicrSize * Second.Vcpus;
            ulong offset = random.Next() & size - 1;
            // Where the registers are, more often than between them.
            if (!random.OneIn(4))
                offset = isDistributor ? offset & 0x7fff : offset & 0x3_0fff;
            if (!random.OneIn(4))
                offset &= ~3ul;
            ulong at = (isDistributor ? Platform.Gicd : Platform.Gicr) + offset;
            uint form = random.OneIn(8) ? Access.Any(ref random) : Access.Plain(ref random);
            bool isNormal = random.OneIn(3);
            ulong esr = Access.Try(form, isNormal ? Ram.LowAsNormal + at : at, random.Edgy(), false);
            Score.Take(at << 8 | form | (ulong)Syndrome.Class(esr) << 48);
        }
    }

    /// <summary>Addresses of nobody, of the neighbours, of the board: each ends in an external abort of this guest.</summary>
    public static void FloodNowhere(ref Random random, uint share)
    {
        const uint InOneWindow = 128;
        for (uint i = 0; i < share; i += InOneWindow)
        {
            // The board's first 16 GiB more often than the rest of the 48-bit space.
            ulong gib = random.OneIn(4) ? random.Next() >> 16 & ~0x3fff_fffful : (ulong)random.Below(16) << 30;
            ulong window = Ram.Map(gib, random.OneIn(2));
            for (uint j = 0; j < InOneWindow; j++)
            {
                uint form = Access.Any(ref random);
                ulong offset = random.Next() & 0x3fff_ffff;
                if (random.OneIn(2))
                    offset &= ~0xful;
                if (offset > 0x3fff_ffe0 || Ram.IsMine(gib + offset, 16))
                    continue;
                ulong esr = Access.Try(form, window + offset, random.Next(), true);
                Score.Take(gib + offset << 8 | form | (ulong)Syndrome.Class(esr) << 48);
            }
        }
    }

    /// <summary>Accesses that begin inside something and end beyond it, and the first and last bytes of everything.</summary>
    public static void FloodEdges(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            ulong edge = random.Below(8) switch
            {
                0 => Platform.Gicd,
                1 => Platform.Gicd + GicdSize,
                2 => Platform.Gicr,
                3 => Platform.Gicr + GicrSize,
                4 => Platform.Gicr + GicrSize * Second.Vcpus,
                5 => Platform.Uart,
                6 => Platform.Uart + UartSize,
                _ => Ram.End,
            };
            uint form = Access.Any(ref random);
            ulong at = edge - 16 + random.Below(32);
            // What begins in RAM and is a store keeps to its last bytes, which nobody uses.
            bool isNowhere = !Ram.IsMine(at, Access.Bytes(form));
            ulong window = edge == Ram.End ? at : random.OneIn(2) ? at : Ram.LowAsNormal + at;
            ulong esr = Access.Try(form, window, random.Edgy(), isNowhere);
            Score.Take(at << 8 | form | (ulong)Syndrome.Class(esr) << 48);
        }
    }
}
