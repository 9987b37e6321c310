using System.Collections.Generic;
using System.Linq;
using Bulkhead.X86.Apic;

namespace Bulkhead.Tests.Apic;

/// <summary>
/// One vCPU's local APIC told plainly: sets of vectors, a timer that is moved tick by tick, messages in the order they
/// came. Follows the manual (SDM vol 3, 11), knows nothing of bitmaps, pages or deadlines.
/// </summary>
internal sealed class ModelApic(uint id)
{
    private static readonly uint[] Lvts = [0x320, 0x330, 0x340, 0x350, 0x360, 0x370];

    public readonly SortedSet<uint> Irr = [];
    public readonly SortedSet<uint> Isr = [];
    public readonly SortedSet<uint> Tmr = [];
    public readonly List<Message> Mail = [];
    public readonly Dictionary<uint, uint> Lvt = Lvts.ToDictionary(l => l, _ => 0x10000u);

    /// <summary>0 off, 1 xAPIC, 2 x2APIC.</summary>
    public int Mode = 1;
    public uint Tpr, Svr = 0xff, Ldr, Dfr = uint.MaxValue, Esr, Divide, InitialCount, IcrLow, IcrHigh;
    public ulong Now = 1;
    public ulong Deadline;
    public bool Waiting;
    public bool Nmi;
    public uint? Started;
    private uint _errors;
    private ulong _left;

    public abstract record Message
    {
        public sealed record Fixed(uint Vector, bool Level) : Message;
        public sealed record NmiPulse : Message;
        public sealed record Init : Message;
        public sealed record StartUp(uint Vector) : Message;
    }

    public bool On => (Svr & 0x100) != 0;

    public uint TimerMode => Lvt[0x320] >> 17 & 3;

    private ulong Divisor => 1ul << (int)(((Divide & 3) + ((Divide & 8) >> 1) + 1) % 8);

    public void Reset()
    {
        Irr.Clear();
        Isr.Clear();
        Tmr.Clear();
        foreach (uint lvt in Lvts)
            Lvt[lvt] = 0x10000;
        Tpr = Esr = Divide = InitialCount = IcrLow = IcrHigh = _errors = 0;
        Svr = 0xff;
        Dfr = uint.MaxValue;
        Ldr = Mode == 2 ? 1u << (int)id : 0;
        Deadline = _left = 0;
    }

    public uint Ppr => Isr.Count != 0 && Isr.Max / 16 > Tpr / 16 ? Isr.Max / 16 * 16 : Tpr;

    public uint Deliverable => Irr.Count != 0 && Irr.Max / 16 > Ppr / 16 ? Irr.Max : 0;

    public void Accept(uint vector)
    {
        Irr.Remove(vector);
        Isr.Add(vector);
    }

    public void Raise(uint vector, bool level)
    {
        if (vector < 16)
        {
            Error(0x40);
            return;
        }
        if (!On)
            return;
        Irr.Add(vector);
        if (level)
            Tmr.Add(vector);
        else
            Tmr.Remove(vector);
    }

    public void Error(uint bit)
    {
        if ((_errors & bit) != 0)
            return;
        _errors |= bit;
        if ((Lvt[0x370] & 0x10000) == 0)
            Raise(Lvt[0x370] & 0xff, false);
    }

    public void ReadMail()
    {
        // An APIC just reset is off and takes no vector. That an illegal one would still be an error goes unseen.
        if (Mail.Exists(m => m is Message.Init))
            Mail.RemoveAll(m => m is Message.Fixed);
        foreach (Message message in Mail)
        {
            switch (message)
            {
                case Message.Fixed f:
                    Raise(f.Vector, f.Level);
                    break;
                case Message.NmiPulse:
                    Nmi = true;
                    break;
                case Message.Init:
                    Reset();
                    Nmi = false;
                    Started = null;
                    Waiting = true;
                    break;
                case Message.StartUp s when Waiting:
                    Waiting = false;
                    Started = s.Vector;
                    break;
            }
        }
        Mail.Clear();
    }

    public void Advance(ulong ticks)
    {
        for (; ticks > 0; ticks--)
        {
            Now++;
            if (_left != 0 && --_left == 0)
            {
                if (TimerMode == 1)
                    _left = InitialCount * Divisor;
                Fire();
            }
        }
        if (Deadline != 0 && Now >= Deadline)
        {
            Deadline = 0;
            Fire();
        }
    }

    private void Fire()
    {
        if ((Lvt[0x320] & 0x10000) == 0)
            Raise(Lvt[0x320] & 0xff, false);
    }

    public uint CurrentCount => (uint)((_left + Divisor - 1) / Divisor);

    public void WriteEsr()
    {
        Esr = _errors;
        _errors = 0;
    }

    public void WriteSvr(uint value)
    {
        Svr = value;
        if (On)
            return;
        foreach (uint lvt in Lvts)
            Lvt[lvt] |= 0x10000;
    }

    public void WriteLvt(uint register, uint value)
    {
        uint before = TimerMode;
        Lvt[register] = On ? value : value | 0x10000;
        if (register == 0x320 && before != TimerMode && (before >= 2 || TimerMode >= 2))
            Deadline = _left = 0;
    }

    public void WriteInitialCount(uint value)
    {
        if (TimerMode >= 2)
            return;
        InitialCount = value;
        _left = value * Divisor;
    }

    public void WriteDivide(uint value)
    {
        ulong left = CurrentCount;
        Divide = value;
        _left = left * Divisor;
    }
}
