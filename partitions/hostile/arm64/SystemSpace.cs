namespace Bulkhead.Guests.Hostile;

/// <summary>
/// Every instruction of the system space (DDI 0487 C4.1.93: MSR, MRS, SYS, SYSL, hints, barriers, MSR immediate): one
/// after another through the rounds, and at random.
/// </summary>
internal static class SystemSpace
{
    private const uint Encodings = 1 << 17;
    private const uint Opcode = 0xd500_0000, NoRegister = 31;
    // An encoding's number is its bits 21 to 5: L, op0, op1, CRn, CRm, op2.
    private const uint Read = 1 << 16;

    // ID_AA64MMFR2_EL1: L, op0 3, CRm 7, op2 2; IDS in bits 39:36
    private const uint Mmfr2 = Read | 3 << 14 | 7 << 3 | 2;
    private const int IdsShift = 36;

    // Op0 3: ICC_BPR0_EL1, ICC_BPR1_EL1, CNTV_TVAL_EL0, CNTV_CVAL_EL0
    private const uint Bpr0 = 3 << 14 | 12 << 7 | 8 << 3 | 3, Bpr1 = 3 << 14 | 12 << 7 | 12 << 3 | 3;
    private const uint CntvTval = 3 << 14 | 3 << 11 | 14 << 7 | 3 << 3, CntvCval = CntvTval | 2;

    private static uint s_next;
    private static bool s_hasIdst;

    private static ulong Place(uint number) => Ram.SystemCode + number * 8;

    public static void Prepare()
    {
        for (uint number = 0; number < Encodings; number++)
            Code.Put(Place(number), Opcode | number << 5 | (Op0(number) == 0 ? NoRegister : 0));
        Code.Publish(Ram.SystemCode, Place(Encodings));
        Code.Run(Place(Mmfr2));
        unsafe
        {
            s_hasIdst = (Code.X[0] >> IdsShift & 15) != 0;
        }
    }

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            uint number = (i & 1) == 0 ? s_next++ % Encodings : random.Below(Encodings);
            Try(number, ref random);
        }
    }

    /// <summary>SYS of CRn 7 and 8: caches, address translation, TLBs, each on its own, scratch, device or no address.</summary>
    public static void Maintain(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            ulong any = random.Next();
            uint number = 1 << 14 | (uint)any & 0x3c7f | (uint)(any >> 32 & 1) << 10;
            number = number & ~0x780u | ((any >> 33 & 1) != 0 ? 7u : 8u) << 7;
            Try(number, ref random);
        }
    }

    /// <summary>One of op0 2, and of the counters', profiling's and timers' part of op0 3.</summary>
    public static void TryDebug(ref Random random)
    {
        uint any = (uint)random.Next();
        Try(random.OneIn(3) ? any & 0x1_387f | 3 << 14 | ((any & 1 << 20) != 0 ? 9u : 14u) << 7 : any & 0x1_3fff | 2 << 14, ref random);
    }

    private static void Try(uint number, ref Random random)
    {
        ulong value = Op0(number) == 1 ? Address(ref random) : Bearable(number, random.Edgy());
        if (!IsHarmless(number))
            return;
        unsafe
        {
            Code.X[0] = value;
            ulong esr = Code.Run(Place(number));
            bool isUndefined = esr == Syndrome.Undefined || s_hasIdst && IsFeatureId(number) && Syndrome.IsOfRegister(esr);
            Score.Check(esr == 0 || isUndefined || Op0(number) == 1 && Syndrome.IsOrdinaryAbort(esr), "what it answers"u8, number, esr);
            Score.Check(isUndefined || !IsNotForEl1(number), "a register that is not EL1's"u8, number, esr);
            Score.Check(isUndefined || !IsHidden(number), "a register that its ID registers hide"u8, number, esr);
            if ((number & Read) == 0 || isUndefined)
                Score.Check(Code.X[0] == value, "X0 changed"u8, number, Code.X[0]);
            // Where the address decides, a second vCPU or time may as well; the rest is the same each time.
            Score.Take(number | (ulong)Syndrome.Class(esr) << 32);
        }
    }

    // What QEMU survives (docs/threat-model.md): a BPR without its RES0 bits, a time that does not wrap beyond the offset.
    private static ulong Bearable(uint number, ulong value) => number switch
    {
        Bpr0 or Bpr1 => value & 7,
        CntvTval => value & int.MaxValue,
        CntvCval => value & long.MaxValue,
        _ => value,
    };

    // For SYS instructions: scratch memory, the devices, and where nothing is mapped.
    private static ulong Address(ref Random random)
    {
        ulong any = random.Next();
        return (any & 3) switch
        {
            0 => Platform.Gicd + (any >> 8 & 0xffff),
            1 => 0x30_0000_0000 + (any >> 8 & 0xfff_ffff),
            _ => Ram.Scratch + (any >> 8 & (Ram.ScratchSize - 1)),
        };
    }

    public static uint Op0(uint number) => number >> 14 & 3;
    private static uint Op1(uint number) => number >> 11 & 7;
    private static uint Crn(uint number) => number >> 7 & 15;
    private static uint Crm(uint number) => number >> 3 & 15;
    private static uint Op2(uint number) => number & 7;

    /// <summary>Whether trying it leaves the guest able to go on: a wait with no end, or its own translation and vectors, do not.</summary>
    private static bool IsHarmless(uint number)
    {
        uint op1 = Op1(number), crn = Crn(number), crm = Crm(number), op2 = Op2(number);
        bool isRead = (number & Read) != 0;
        switch (Op0(number))
        {
            case 0:
                if (isRead)
                    return true;
                // WFE, WFI; WFET, WFIT
                if (op1 == 3 && (crn == 2 && crm == 0 && op2 is 2 or 3 || crn == 1 && crm == 0))
                    return false;
                // SPSel, DAIFClr, DAIFSet
                return crn != 4 || !(op1 == 0 && op2 == 5 || op1 == 3 && op2 >= 6);
            case 1:
                return true;
            case 2:
                // MDSCR_EL1 could start single steps; Debug.cs does, with care.
                return isRead || !(op1 == 0 && crn == 0 && crm == 2 && op2 == 2);
            default:
                if (isRead || op1 != 0)
                    return isRead || !(op1 == 3 && crn == 4 && crm == 2 && op2 == 1);       // DAIF
                return crn switch
                {
                    1 => !(crm == 0 && op2 != 1),                                           // SCTLR, CPACR, ... but ACTLR
                    2 => crm != 0,                                                          // TTBR0, TTBR1, TCR
                    4 => !(crm == 2 && op2 == 0),                                           // SPSel
                    10 => crm != 2,                                                         // MAIR and its kin
                    12 => crm != 0,                                                         // VBAR
                    _ => true,
                };
        }
    }

    /// <summary>The feature ID space (D22.3.1), whose refusals FEAT_IDST tells.</summary>
    private static bool IsFeatureId(uint number) => (number & Read) != 0 && Op0(number) == 3 && Crn(number) == 0 && (Op1(number) is 0 or 1 or 3) && Crm(number) < 8;

    /// <summary>op1 4 to 7 of registers and of SYS: EL2, EL12, EL3, secure EL1 (D22.2); UNDEFINED at EL1 with no nesting.</summary>
    private static bool IsNotForEl1(uint number) =>
        Op1(number) >= 4 && (Op0(number) == 3 || Op0(number) == 1 && Crn(number) is 7 or 8 && Op1(number) is 4 or 6)
        || Op0(number) == 2 && Op1(number) == 4;

    /// <summary>What IdRegisterPolicy says is not there.</summary>
    private static bool IsHidden(uint number)
    {
        uint op1 = Op1(number), crn = Crn(number), crm = Crm(number);
        // Trace.
        if (Op0(number) == 2)
            return op1 == 1;
        if (Op0(number) != 3)
            return false;
        // PMU, activity monitors.
        if (op1 == 3)
            return crn == 9 && crm is 12 or 14 || crn == 14 && crm >= 8 || crn == 13 && crm is >= 2 and <= 7;
        if (op1 != 0)
            return false;
        // ZCR, TRFCR, SMCR (not SMPRI: its trap is FEAT_FGT's, which QEMU 7.2 lacks though it has SME); RAS; SPE; PMU; LOR, MPAM's limits; IMPLEMENTATION DEFINED.
        return crn == 1 && crm == 2 && Op2(number) is 0 or 1 or 6
            || crn == 5 && crm is >= 3 and <= 5
            || crn == 9 && crm is 9 or 10
            || crn == 9 && crm == 14 && Op2(number) is 1 or 2
            || crn == 10 && crm == 4
            || crn is 11 or 15;
    }
}
