using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Bulkhead.X86.Apic;

/// <summary>
/// A vCPU's local APIC: the state, and what happens to interrupts between pending and ended. Its registers are
/// <see cref="LocalApicRegisters{THardware}"/>'s. Two pages, the first of them in the layout of hardware, so it stands
/// at a page boundary. The CPU it is pinned to writes it; others touch nothing but Inbox, and read LDR, DFR and Base.
/// </summary>
/// <remarks>
/// Before each entry: while Inbox.Requests is not zero, <see cref="Take"/>; then, if <see cref="HasPending"/>,
/// <see cref="Deliverable"/>, and <see cref="Accept"/> for what is injected. An event that the CPU reports as
/// not delivered (IDT-vectoring information, EXITINTINFO) was accepted before and is only injected again.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 2 * 4096)]
public struct VirtualLocalApic
{
    public ApicPage Page;

    /// <summary>IA32_APIC_BASE as the guest reads it.</summary>
    public ulong Base;

    /// <summary>The guest's TSC less the board's.</summary>
    public ulong TscOffset;

    /// <summary>When the timer fires, in the guest's TSC; 0 for never.</summary>
    public ulong TimerDeadline;

    /// <summary>APIC id and number of the vCPU.</summary>
    public uint Index;

    /// <summary>The board CPU to kick.</summary>
    public int PhysicalCpu;

    // Words of IRR and of ISR that are not zero; the highest vector in service, 0 for none.
    private uint _irrWords;
    private uint _isrWords;
    private uint _inService;

    // ESR before it is written, which is what makes it readable (SDM vol 3, 11.5.3).
    private uint _errors;

    /// <summary>
    /// TSC ticks. A periodic timer that is faster has one interrupt for several periods: one that is due again before its
    /// exit is over would leave neither the guest an instruction nor the board its interrupts on that CPU.
    /// </summary>
    public uint LeastPeriod;

    private readonly Gap _gap;

    /// <summary>On a cache line of its own.</summary>
    public ApicInbox Inbox;

    [InlineArray(60)]
    private struct Gap
    {
        private byte _first;
    }

    /// <summary>Once, before the guest's start.</summary>
    /// <param name="index">Of the vCPU; 0 is the boot processor.</param>
    /// <param name="physicalCpu">The board CPU it is pinned to.</param>
    /// <param name="page">Where the guest sees the register page.</param>
    public void Initialize(uint index, int physicalCpu, ulong page)
    {
        this = default;
        Index = index;
        PhysicalCpu = physicalCpu;
        Base = page | ApicBase.Enabled | (index == 0 ? ApicBase.BootProcessor : 0);
        Reset();
    }

    /// <summary>
    /// The state after power-up and after INIT, which leaves IA32_APIC_BASE as it is (SDM vol 3, 11.4.7, 11.12.5.1).
    /// On the owner's CPU.
    /// </summary>
    public void Reset()
    {
        for (uint offset = 0; offset < 0x400; offset += 16)
            Page.At(offset) = 0;
        ResetIdentity();
        // Version 0x14 with six local vectors; EOI broadcasts cannot be suppressed (11.4.8).
        Page.At(ApicRegister.Version) = 5 << 16 | 0x14;
        Page.At(ApicRegister.Dfr) = uint.MaxValue;
        Page.At(ApicRegister.Svr) = 0xff;
        for (uint lvt = ApicRegister.LvtTimer; lvt <= ApicRegister.LvtError; lvt += 16)
            Page.At(lvt) = ApicRegister.LvtMasked;
        TimerDeadline = 0;
        _irrWords = 0;
        _isrWords = 0;
        _inService = 0;
        _errors = 0;
        Inbox.Clear();
    }

    /// <summary>ID and LDR as the mode has them (SDM vol 3, 11.4.6, 11.12.10.2).</summary>
    internal void ResetIdentity()
    {
        Page.At(ApicRegister.Id) = IsX2Apic ? Index : Index << 24;
        Page.At(ApicRegister.Ldr) = IsX2Apic ? Index >> 4 << 16 | 1u << (int)(Index & 15) : 0;
    }

    public readonly bool IsEnabled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Base & ApicBase.Enabled) != 0;
    }

    public readonly bool IsX2Apic
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Base & ApicBase.X2Apic) != 0;
    }

    /// <summary>xAPIC mode: the register page is there (SDM vol 3, 11.12.1).</summary>
    public readonly bool HasPage
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Base & (ApicBase.X2Apic | ApicBase.Enabled)) == ApicBase.Enabled;
    }

    /// <summary>CR8, which is TPR's upper four bits (SDM vol 3, 11.8.6); hardware may hold it while the guest runs.</summary>
    public uint Cr8
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Page.At(ApicRegister.Tpr) >> 4;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Page.At(ApicRegister.Tpr) = value << 4;
    }

    /// <summary>PPR (SDM vol 3, 11.8.3.1).</summary>
    public uint ProcessorPriority
    {
        get
        {
            uint task = Page.At(ApicRegister.Tpr);
            uint service = _inService & 0xf0;
            return task >= service ? task : service;
        }
    }

    /// <summary>Whether an interrupt waits in IRR, of whatever priority.</summary>
    public readonly bool HasPending
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _irrWords != 0;
    }

    /// <summary>Not 0: an interrupt waits in IRR, or something in the inbox. One test before each entry.</summary>
    public readonly uint Waiting
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Inbox.Requests | _irrWords;
    }

    /// <summary>The highest vector in IRR; 0 for none.</summary>
    public uint HighestPending
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _irrWords == 0 ? 0 : Highest(ApicRegister.Irr, _irrWords);
    }

    /// <summary>The highest vector in ISR; 0 for none.</summary>
    public readonly uint HighestInService => _inService;

    /// <summary>The vector to inject once the guest's RFLAGS.IF and interrupt shadow permit; 0 for none (SDM vol 3, 11.8.3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Deliverable()
    {
        if (_irrWords == 0)
            return 0;
        uint vector = Highest(ApicRegister.Irr, _irrWords);
        uint above = Page.At(ApicRegister.Tpr);
        if (above < _inService)
            above = _inService;
        return (vector & 0xf0) > (above & 0xf0) ? vector : 0;
    }

    /// <summary>What the processor's interrupt acknowledge does: from IRR to ISR. The vector is <see cref="Deliverable"/>'s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accept(uint vector)
    {
        uint bit = 1u << (int)vector;
        uint word = 1u << (int)(vector >> 5);
        ref uint irr = ref Page.Word(ApicRegister.Irr, vector);
        irr &= ~bit;
        if (irr == 0)
            _irrWords &= ~word;
        Page.Word(ApicRegister.Isr, vector) |= bit;
        _isrWords |= word;
        _inService = vector;
    }

    /// <summary><see cref="Accept"/> and then <see cref="End"/> of a vector that the guest ended before anybody looked: it never was in ISR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AcceptEnded(uint vector)
    {
        ref uint irr = ref Page.Word(ApicRegister.Irr, vector);
        irr &= ~(1u << (int)vector);
        if (irr == 0)
            _irrWords &= ~(1u << (int)(vector >> 5));
    }

    /// <summary>
    /// An edge-triggered interrupt comes in, on the owner's CPU. An APIC that is switched off takes none, and an
    /// illegal vector is an error (SDM vol 3, 11.4.7.2, 11.5.3).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise(uint vector)
    {
        if (vector < ApicRegister.FirstVector || (Page.At(ApicRegister.Svr) & ApicRegister.SvrEnabled) == 0)
        {
            Refuse(vector);
            return;
        }
        uint bit = 1u << (int)vector;
        Page.Word(ApicRegister.Irr, vector) |= bit;
        Page.Word(ApicRegister.Tmr, vector) &= ~bit;
        _irrWords |= 1u << (int)(vector >> 5);
    }

    /// <summary>As <see cref="Raise"/>, level-triggered: its EOI goes to the I/O APIC too.</summary>
    public void RaiseLevel(uint vector)
    {
        Raise(vector);
        if ((Page.Word(ApicRegister.Irr, vector) & 1u << (int)vector) != 0)
            Page.Word(ApicRegister.Tmr, vector) |= 1u << (int)vector;
    }

    /// <summary>
    /// Takes what others left in the inbox: vectors into IRR. Returns the requests that are the caller's: of
    /// <see cref="ApicInbox.Nmi"/>, <see cref="ApicInbox.Init"/> and <see cref="ApicInbox.StartUp"/> those that are
    /// set. After Init comes <see cref="Reset"/>; StartUp counts for a vCPU that waits for it, at
    /// <see cref="ApicInbox.StartAddress"/>, and is ignored by any other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take()
    {
        uint requests = Interlocked.Exchange(ref Inbox.Requests, 0);
        // One word of edge-triggered vectors: an interprocessor interrupt.
        if (requests - 2 < ApicInbox.Words - 1 && (requests & requests - 1) == 0)
        {
            uint word = (uint)BitOperations.Log2(requests);
            Merge(word, Interlocked.Exchange(ref Inbox.Vectors.At(word), 0), 0);
            return 0;
        }
        return TakeAll(requests);
    }

    private uint TakeAll(uint requests)
    {
        for (uint rest = requests & ApicInbox.Words; rest != 0; rest &= rest - 1)
        {
            uint word = (uint)BitOperations.TrailingZeroCount(rest);
            uint level = (requests & ApicInbox.AnyLevel) == 0 ? 0 : Interlocked.Exchange(ref Inbox.Level.At(word), 0);
            uint vectors = Interlocked.Exchange(ref Inbox.Vectors.At(word), 0) | level;
            if (word == 0 && (vectors & 0xffff) != 0)
            {
                Refuse(0);
                vectors &= 0xffff_0000;
            }
            Merge(word, vectors, level);
        }
        return requests & ~(ApicInbox.Words | ApicInbox.AnyLevel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Merge(uint word, uint vectors, uint level)
    {
        if (vectors == 0 || (Page.At(ApicRegister.Svr) & ApicRegister.SvrEnabled) == 0)
            return;
        Page.At(ApicRegister.Irr + (word << 4)) |= vectors;
        ref uint tmr = ref Page.At(ApicRegister.Tmr + (word << 4));
        tmr = tmr & ~vectors | level & vectors;
        _irrWords |= 1u << (int)word;
    }

    /// <summary>EOI: ends the highest vector in service and returns it, 0 if none was (SDM vol 3, 11.8.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint End()
    {
        uint vector = _inService;
        if (vector == 0)
            return 0;
        ref uint isr = ref Page.Word(ApicRegister.Isr, vector);
        isr &= ~(1u << (int)vector);
        if (isr == 0)
            _isrWords &= ~(1u << (int)(vector >> 5));
        _inService = _isrWords == 0 ? 0 : Highest(ApicRegister.Isr, _isrWords);
        return vector;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLevel(uint vector) => (Page.Word(ApicRegister.Tmr, vector) & 1u << (int)vector) != 0;

    /// <summary>
    /// The deadline has come, or may have: the timer's interrupt, once. <paramref name="now"/> is the guest's TSC.
    /// A periodic timer goes on from its deadline; periods that nobody was there for are one interrupt.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ExpireTimer(ulong now)
    {
        if (TimerDeadline == 0 || now < TimerDeadline)
            return;
        uint lvt = Page.At(ApicRegister.LvtTimer);
        TimerDeadline = (lvt & ApicRegister.LvtTimerMode) == ApicRegister.LvtPeriodic ? NextPeriod(now) : 0;
        if ((lvt & ApicRegister.LvtMasked) == 0)
            Raise(lvt & 0xff);
    }

    private ulong NextPeriod(ulong now)
    {
        ulong period = (ulong)Page.At(ApicRegister.InitialCount) << TimerShift;
        if (period == 0)
            return 0;
        if (period < LeastPeriod)
            period *= (LeastPeriod - 1) / period + 1;
        ulong next = TimerDeadline + period;
        return next > now ? next : next + ((now - next) / period + 1) * period;
    }

    /// <summary>TSC ticks per timer tick, as a power of two: the timer's clock is the TSC (SDM vol 3, 11.5.4, figure 11-10).</summary>
    internal int TimerShift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            uint divide = Page.At(ApicRegister.DivideConfiguration);
            return (int)((divide & 3 | divide >> 1 & 4) + 1 & 7);
        }
    }

    /// <summary>
    /// An error, for ESR, and its local vector if that error is new since ESR was last written (SDM vol 3, 11.5.3).
    /// The interrupt's own vector may be illegal, which is not new the second time.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Report(uint error)
    {
        if ((_errors & error) != 0)
            return;
        _errors |= error;
        uint lvt = Page.At(ApicRegister.LvtError);
        if ((lvt & ApicRegister.LvtMasked) == 0)
            Raise(lvt & 0xff);
    }

    /// <summary>A write of ESR: what was found since the last one can be read now.</summary>
    internal void LatchErrors()
    {
        Page.At(ApicRegister.Esr) = _errors;
        _errors = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(uint vector)
    {
        if (vector < ApicRegister.FirstVector)
            Report(ApicRegister.ReceiveIllegalVector);
    }

    // The highest vector of a 256-bit register, of which `words` are not zero.
    [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Highest(uint register, uint words)
    {
        uint word = (uint)BitOperations.Log2(words);
        return word << 5 | (uint)BitOperations.Log2(Page.Word(register, word << 5));
    }
}
