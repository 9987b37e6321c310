using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>Active interrupts that had to leave their list register: their end is counted by the CPU, or trapped.</summary>
public static class Spilling<THardware> where THardware : struct, IGicCpuInterface
{
    /// <summary>An active interrupt leaves its list register. Its end will be counted (EOIcount) or trapped (TDIR).</summary>
    public static void Spill(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        if (seen.IsPending)
            seen = Claims<THardware>.Unlist(ref gic, self, index, seen);
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint intid = seen.VirtualId;
        uint bit = 1u << (int)intid;
        Interlocked.Or(ref gic.Bank(self, intid >> 5).Active, bit);
        books.Spilled.At(intid >> 5) |= bit;
        books.SpilledBanks |= 1u << (int)(intid >> 5);
        THardware.WriteListRegister(index, default);
        Claims<THardware>.Retire(ref gic, self, index);
    }

    /// <summary>
    /// EOIcount deactivations without a list register since ICH_HCR_EL2 was last written. With EOImode 0 the guest
    /// ends its active interrupts innermost first, and that is the one with the best priority (IHI 0069 4.8.5, 12.4.5).
    /// </summary>
    public static bool CountDeactivations(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint count = HypControl.EoiCount(THardware.ReadHcr());
        if (count == 0)
            return false;
        THardware.WriteHcr(books.Control);
        for (; count != 0 && books.SpilledBanks != 0; count--)
        {
            uint best = InterruptId.None;
            uint priority = 0x100;
            for (uint words = books.SpilledBanks; words != 0; words &= words - 1)
            {
                uint number = (uint)BitOperations.TrailingZeroCount(words);
                ref InterruptBank bank = ref gic.Bank(self, number);
                for (uint rest = books.Spilled.At(number); rest != 0; rest &= rest - 1)
                {
                    uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(rest);
                    if (bank.Priority.At(intid) < priority)
                    {
                        priority = bank.Priority.At(intid);
                        best = intid;
                    }
                }
            }
            DeactivateInMemory(ref gic, self, best);
        }
        return true;
    }

    /// <summary>Ends the active state of an interrupt that is not in a list register.</summary>
    public static void DeactivateInMemory(ref VirtualGic gic, int self, uint intid)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint number = intid >> 5;
        ref InterruptBank bank = ref gic.Bank(self, number);
        uint bit = 1u << (int)intid;
        books.Spilled.At(number) &= ~bit;
        if (books.Spilled.At(number) == 0)
            books.SpilledBanks &= ~(1u << (int)number);
        if ((Interlocked.And(ref bank.Active, ~bit) & bit) == 0)
            return;
        if ((bank.Hardware & bit) != 0)
            THardware.DeactivatePhysical(gic.PhysicalOf(intid));
        Inboxes<THardware>.WantAgain(ref gic, self, intid);
    }
}
