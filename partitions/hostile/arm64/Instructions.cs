namespace Bulkhead.Guests.Hostile;

/// <summary>
/// SVE and SME by random encodings of their spaces (DDI 0487 C4.1), UDF, HLT and DCPS: all of them UNDEFINED here. What
/// was tried is replaced a little at each round.
/// </summary>
internal static class Instructions
{
    private const uint Slots = 4096, Fresh = 16;
    // CPACR_EL1.FPEN, ZEN, SMEN: EL1 forbids nothing to itself, so that what answers is what lies below.
    private const ulong FpSveSme = 3 << 20 | 3 << 16 | 3 << 24;

    private static ulong Place(uint slot) => Ram.OtherCode + 0x1000 + slot * 8;

    public static void Prepare(ref Random random)
    {
        Code.WriteCpacr(FpSveSme);
        for (uint slot = 0; slot < Slots; slot++)
            Code.Put(Place(slot), Pick(ref random));
        Code.Publish(Place(0), Place(Slots));
    }

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < Fresh; i++)
        {
            ulong place = Place(random.Below(Slots));
            Code.Put(place, Pick(ref random));
            Code.Publish(place & ~15ul, place + 8);
        }
        for (uint i = 0; i < share; i++)
        {
            ulong place = Place(random.Below(Slots));
            ulong esr = Code.Run(place);
            uint word;
            unsafe
            {
                word = *(uint*)place;
            }
            Score.Check(esr == Syndrome.Undefined, "not UNDEFINED"u8, word, esr);
            Score.Take(word | (ulong)Syndrome.Class(esr) << 32);
        }
    }

    private static uint Pick(ref Random random)
    {
        uint any = (uint)random.Next();
        switch (random.Below(8))
        {
            case 0:
                return any & 0xffff;                                        // UDF
            case 1:
                return 0xd440_0000 | any & 0x1f_ffe0;                       // HLT: no halting debug is allowed
            case 2:
                return 0xd4a0_0000 | any & 0x1f_ffe0 | 1 + random.Below(3); // DCPS1 to DCPS3
            case 3 or 4:
                return 0x8000_0000 | any & 0x61ff_ffff;                     // SME: bit 31, bits 28 to 25 clear
            default:
                return 0x0400_0000 | any & 0xe1ff_ffff;                     // SVE: bits 28 to 25 0010
        }
    }
}
