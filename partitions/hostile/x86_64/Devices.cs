namespace Bulkhead.Guests.Hostile;

/// <summary>Accesses outside RAM: the APICs' pages, and where nothing is, by every form that the hypervisor decodes.</summary>
internal static unsafe class Devices
{
    private const ulong PageSize = 0x1000;
    private const uint Widest = 8;
    private const uint IcrLow = 0x300, SelfIpi = 0x3f0;

    /// <summary>The local APIC's page and the I/O APIC's: every offset, by loads and stores of all sizes.</summary>
    public static void FloodApics(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            bool isLocal = random.OneIn(2);
            ulong offset = random.Next() & PageSize - 1;
            if (!random.OneIn(3))
                offset &= isLocal ? 0x3f0ul : 0x70ul;
            if (offset > PageSize - Widest)
                offset = PageSize - Widest;
            // What would send (Storms.cs), and what would deliver an exception's vector or an NMI.
            if (isLocal && offset is >= IcrLow - Widest and < IcrLow + 16)
                offset = SelfIpi;
            ulong value = random.Edgy() & ~0x700ul | 0x20;
            int slot = random.OneIn(4) ? (int)random.Below(Access.Slots) : (int)random.Below(2);
            if (isLocal && slot > 1 && offset is >= 0x320 and < 0x380)
                slot = 1;
            ulong at = (isLocal ? Platform.LocalApic : Platform.IoApic) + offset;
            Fault fault = Access.Try(slot, at, value);
            Score.Check(fault.IsNone, "an APIC"u8, at, fault.Value);
            Score.Take(at << 8 | (uint)slot);
        }
        Storms.Quieten();
    }

    /// <summary>Between RAM and 4 GiB where no device is: reads are ones, writes are lost, whatever the form.</summary>
    public static void FloodForms(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            ulong at = Ram.End + random.Next() % (Platform.IoApic - Ram.End - PageSize);
            // What crosses a page is not emulated, and ends the guest: the last bytes are as near as it comes.
            if ((at & PageSize - 1) > PageSize - Widest || random.OneIn(4))
                at = at & ~(PageSize - 1) | PageSize - Widest;
            if (at is >= Ram.RaceWindow and < Ram.RaceWindow + 0x20_0000 || ControlFlood.IsThere && (at & ~(PageSize - 1)) == Platform.Mailbox)
                continue;
            if (random.OneIn(8))
                at = random.OneIn(2) ? Ram.End : 0xffff_f000 + random.Below(0xff8);
            int slot = (int)random.Below(Access.Slots);
            ulong value = random.Edgy();
            Fault fault = Access.Try(slot, at, value);
            Score.Check(fault.IsNone, "nothing there"u8, at, fault.Value);
            if (slot == 0)
                Score.Check(Code.X[Code.Rax] == uint.MaxValue, "a load of nothing"u8, at, Code.X[Code.Rax]);
            else if (slot == 1)
                Score.Check(Code.X[Code.Rax] == value, "a store's register"u8, at, Code.X[Code.Rax]);
            Score.Take(at << 8 | (uint)slot);
        }
    }
}
