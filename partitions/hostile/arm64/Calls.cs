using System;

namespace Bulkhead.Guests.Hostile;

/// <summary>HVC and SMC with every immediate, function and argument that does not end the guest.</summary>
internal static unsafe class Calls
{
    public const uint Hvc = 2, Smc = 3;
    private const uint Immediates = 64;
    private const ulong NotSupported = ~0ul;

    private static ulong Place(uint kind, uint slot) => Ram.OtherCode + 0xa000 + (kind - Hvc) * 0x1000 + slot * 8;

    public static void Prepare()
    {
        for (uint slot = 0; slot < Immediates; slot++)
        {
            // SMCCC wants immediate 0 (DEN 0028 2.9): the others too must do no harm.
            uint immediate = slot < 32 ? 0 : slot * 0x421;
            Code.Put(Place(Hvc, slot), 0xd400_0000 | (immediate & 0xffff) << 5 | Hvc);
            Code.Put(Place(Smc, slot), 0xd400_0000 | (immediate & 0xffff) << 5 | Smc);
        }
        Code.Publish(Place(Hvc, 0), Place(Smc, Immediates));
    }

    public static void Run(ref Random random, uint share, uint kind)
    {
        for (uint i = 0; i < share; i++)
        {
            uint function = Function(ref random);
            if (!IsHarmless(function))
                continue;
            for (int r = 0; r < Code.Registers; r++)
                Code.X[r] = random.Edgy();
            // The upper half of X0 counts for nothing (DEN 0028 2.5).
            Code.X[0] = Code.X[0] & 0xffff_ffff_0000_0000 | function;
            ulong one = Code.X[1], two = Code.X[2], three = Code.X[3], four = Code.X[4], last = Code.X[15];
            ulong esr = Code.Run(Place(kind, random.Below(Immediates)));
            ulong answer = Code.X[0];
            Score.Check(esr == 0, "an exception"u8, function, esr);
            Score.Check(Code.X[4] == four && Code.X[15] == last, "registers that are not a result"u8, function, Code.X[4]);
            if (IsKnown(function))
                Score.Check(IsLegal(function, one, two, answer), "its result"u8, function, answer);
            else
                Score.Check(answer == NotSupported && Code.X[1] == one && Code.X[2] == two && Code.X[3] == three, "an unknown call"u8, function, answer);
            Score.Take(function | (IsTimed(function) ? 0 : answer << 32));
        }
    }

    private static uint Function(ref Random random)
    {
        ulong any = random.Next();
        return (any & 3) switch
        {
            // PSCI, the architecture's, the vendor's, the hypervisor's: fast or not, of 32 and 64 bits, owner, number
            0 => (uint)(any >> 32),
            1 => (uint)(any >> 8 & 3) << 30 | (uint)(any >> 16 & 63) << 24 | (uint)(any >> 40 & 0x3f),
            2 => (uint)(any >> 8 & 1) << 30 | 0x8400_0000 | (uint)(any >> 40 & 0x1f),
            _ => 0xc600_0000 | (uint)(any >> 40 & 0x3f),
        };
    }

    /// <summary>The guest's end is asked for elsewhere, and so is a watchdog, which once started would bring it.</summary>
    private static bool IsHarmless(uint function) => function != 0xc600_0015 &&
        ((function & 0xbfff_ffe0) != 0x8400_0000 || (function & 0x1f) is not (2 or 3 or 8 or 9 or 0x12 or 0x15));

    private static bool IsKnown(uint function) => function is Psci.Version or Psci.AffinityInfo64 or 0x8400_0004 or Psci.MigrateInfoType or Psci.Features
        or 0x8400_0001 or Psci.CpuSuspend64
        or Hypervisor.SmcccVersion or Hypervisor.SmcccArchFeatures or 0x8000_8000 or 0x8000_7fff or 0x8000_3fff or Hypervisor.CallUid or Hypervisor.CallRevision
        or >= Hypervisor.OwnVersion and <= Hypervisor.OwnVersion + 0xf;

    // Taken or not depends on what is left of the ring.
    private static bool IsTimed(uint function) => function is Hypervisor.ConsoleWrite or 0xc600_0018 or Psci.AffinityInfo64 or 0x8400_0004;

    private static bool IsLegal(uint function, ulong one, ulong two, ulong answer) => function switch
    {
        Psci.Version or Hypervisor.SmcccVersion => answer is 0x1_0001,
        Psci.MigrateInfoType => answer == 2,
        Psci.CpuSuspend64 or 0x8400_0001 => answer == 0,
        Psci.AffinityInfo64 or 0x8400_0004 => one < Second.Vcpus && two == 0 ? answer <= 2 : answer == Psci.InvalidParameters,
        Psci.Features or Hypervisor.SmcccArchFeatures => answer <= 1 || answer == NotSupported,
        Hypervisor.ConsoleWrite => one >= Ram.Base && one <= Ram.End && two <= Ram.End - one ? answer <= two : answer == Psci.InvalidParameters,
        _ => true,
    };
}
