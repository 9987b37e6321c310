using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Hostile;

/// <summary>Loads and stores of every form, X0 at [X1]: those that come with a syndrome and those that do not (DDI 0487 D24.2.40, ISV).</summary>
internal static unsafe class Access
{
    private const int Forms = 40, PlainForms = 17;

    // Bits 2:0 the size as a power of two. Emulated: on a device, not an abort. Loose: may not access at all (STXR without a reservation, hints).
    private const byte Emulated = 1 << 3, Load = 1 << 4, Signed = 1 << 5, Wide = 1 << 6, Loose = 1 << 7;

    // In the order of RunCode.S.
    private static ReadOnlySpan<byte> Facts =>
    [
        0 | Emulated | Load, 1 | Emulated | Load, 2 | Emulated | Load, 3 | Emulated | Load,
        0 | Emulated | Load | Signed | Wide, 0 | Emulated | Load | Signed, 1 | Emulated | Load | Signed | Wide, 1 | Emulated | Load | Signed, 2 | Emulated | Load | Signed | Wide,
        0 | Emulated | Load, 3 | Emulated | Load,
        0 | Emulated, 1 | Emulated, 2 | Emulated, 3 | Emulated, 3 | Emulated, 0 | Emulated,
        3 | Emulated, 3 | Emulated, 3 | Emulated | Load, 3 | Emulated,
        4, 4, 3, 3, 4, 4,
        3, 3 | Loose, 4, 3, 3, 3,
        4, 4, 4, 4,
        3 | Loose, 3 | Loose, 0 | Loose,
    ];

    private static ulong s_forms;

    private static ulong Place(uint form) => s_forms + form * 8;

    public static void Prepare() => s_forms = AddressOfAccessForms();

    public static uint Any(ref Random random) => random.Below(Forms);

    /// <summary>One of the plain ones: what drivers use.</summary>
    public static uint Plain(ref Random random) => random.Below(PlainForms);

    public static ulong Bytes(uint form) => 1u << (Facts[(int)form] & 7);

    /// <summary>Tries a form, and judges the answer.</summary>
    /// <param name="form">Which.</param>
    /// <param name="at">The virtual address.</param>
    /// <param name="value">For a store.</param>
    /// <param name="isNowhere">That nothing of the guest's is there.</param>
    public static ulong Try(uint form, ulong at, ulong value, bool isNowhere)
    {
        byte facts = Facts[(int)form];
        Code.X[0] = value;
        Code.X[1] = at;
        Code.X[2] = value;
        ulong esr = Code.Run(Place(form));
        ulong operation = at << 8 | form;
        if (esr != 0)
        {
            Score.Check(Syndrome.IsOrdinaryAbort(esr) || esr == Syndrome.Undefined, "not an abort"u8, operation, esr);
            if (Syndrome.IsDataAbort(esr))
                Score.Check(FaultTrap.LastFar - at < Bytes(form) || (facts & Loose) != 0, "FAR"u8, operation, FaultTrap.LastFar);
            Score.Check(Code.X[0] == value && Code.X[1] == at, "a register changed under an abort"u8, operation, Code.X[0]);
        }
        else
        {
            Score.Check(!isNowhere || (facts & Loose) != 0, "nothing answered"u8, operation, Code.X[0]);
            Score.Check((facts & Load) == 0 || IsExtended(Code.X[0], facts, (int)Bytes(form) * 8), "the loaded register"u8, operation, Code.X[0]);
            Score.Check((facts & Load) != 0 || (facts & Emulated) == 0 || Code.X[0] == value, "a store changed its register"u8, operation, Code.X[0]);
        }
        return esr;
    }

    private static bool IsExtended(ulong value, byte facts, int bits)
    {
        if (bits == 64)
            return true;
        if ((facts & Signed) == 0)
            return value >> bits == 0;
        ulong upper = (ulong)((long)value >> bits - 1);
        return (facts & Wide) != 0 ? upper is 0 or ~0ul : value >> 32 == 0 && ((int)(uint)value >> bits - 1) is 0 or -1;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfAccessForms")]
    private static extern ulong AddressOfAccessForms();
}
