namespace Bulkhead.Guests.Hostile;

/// <summary>PSCI abuse: CPU_ON of those that are on, do not exist or begin nowhere, twice at once, and against a CPU_OFF under way.</summary>
internal static class Power
{
    // Position independent, MMU off: CPU_OFF at once, or after a while.
    private static ulong Leaver => Ram.OtherCode + 0xe00;
    private static ulong Lingerer => Ram.OtherCode + 0xe20;

    private const ulong On = 0, Off = 1;

    public static unsafe void Run(ref Random random, uint share)
    {
        if (Second.Vcpus == 1)
            return;
        uint* code = (uint*)Leaver;
        code[0] = 0x5280_0040;          // MOV W0, #2
        code[1] = 0x72b0_8000;          // MOVK W0, #0x8400, LSL 16
        code[2] = 0xd400_0002;          // HVC #0
        code[3] = 0x1400_0000;          // B .
        code = (uint*)Lingerer;
        code[0] = 0xf100_0400;          // SUBS X0, X0, #1
        code[1] = 0x54ff_ffe8;          // B.HI to it
        code[2] = 0x17ff_fff6;          // B Leaver
        Code.Publish(Leaver, Leaver + 64);

        Second.TurnOff();
        for (uint i = 0; i < share; i++)
        {
            switch (random.Below(4))
            {
                case 0:
                    Refused(ref random);
                    break;
                case 1:
                    Query(ref random);
                    break;
                default:
                    Race(ref random);
                    break;
            }
        }
        while (Psci.Call(Psci.AffinityInfo64, 1) != Off)
            Cpu.Yield();
    }

    private static void Refused(ref Random random)
    {
        ulong target = random.OneIn(3) ? random.Below(2) : random.Edgy(), entry = random.Edgy();
        if (random.OneIn(3))
            entry = Ram.End - random.Below(2) * 4;
        bool isInRam = entry >= Ram.Base && entry < Ram.End;
        // An entry that would be taken is for Race.
        if (target == 1 && isInRam && (entry & 3) == 0)
            return;
        ulong answer = Psci.Call(random.OneIn(2) ? Psci.CpuOn64 : 0x8400_0003, target, entry, random.Next());
        bool isLegal = target >= Second.Vcpus ? answer == Psci.InvalidParameters
            : answer == Psci.InvalidAddress || answer == Psci.AlreadyOn || answer == Psci.OnPending;
        Score.Check(isLegal, "CPU_ON that cannot be"u8, entry, answer);
        Score.Take(target >= Second.Vcpus ? answer : 0);
    }

    private static void Query(ref Random random)
    {
        ulong target = random.OneIn(2) ? random.Below(2) : random.Edgy(), level = random.OneIn(2) ? 0 : random.Edgy();
        ulong answer = Psci.Call(Psci.AffinityInfo64, target, level);
        bool isAsked = target < Second.Vcpus && level == 0;
        Score.Check(isAsked ? answer <= 2 && (target != 0 || answer == On) : answer == Psci.InvalidParameters, "AFFINITY_INFO"u8, target, answer);
        Score.Take(isAsked ? 0 : answer);
    }

    private static void Race(ref Random random)
    {
        uint tries = 1 + random.Below(8);
        for (uint i = 0; i < tries; i++)
        {
            ulong answer = Psci.Call(Psci.CpuOn64, 1, random.OneIn(2) ? Leaver : Lingerer, random.Below(256));
            Score.Check(answer == Psci.Success || answer == Psci.AlreadyOn || answer == Psci.OnPending, "CPU_ON against CPU_OFF"u8, i, answer);
            Score.Take(0);
        }
        OfItself();
    }

    private static void OfItself()
    {
        ulong answer = Psci.Call(Psci.CpuOn64, 0, Leaver, 0);
        Score.Check(answer == Psci.AlreadyOn, "CPU_ON of itself"u8, 0, answer);
        Score.Take(answer);
    }
}
