namespace Bulkhead.Guests.Hostile;

/// <summary>VMCALL and VMMCALL with every function and argument; one of them is the other vendor's, and #UD there.</summary>
internal static unsafe class Calls
{
    private static ulong Vmcall => Ram.CodeBase + 64 * Code.Room;
    private static ulong Vmmcall => Ram.CodeBase + 65 * Code.Room;

    public static void Prepare()
    {
        Code.Put(Vmcall, 0xc1010f, 3);
        Code.Put(Vmmcall, 0xd9010f, 3);
    }

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            bool isOther = random.OneIn(16);
            uint function = random.OneIn(2) ? 0xc600_0000 | random.Below(64) : (uint)random.Edgy();
            // A watchdog that was started would be the guest's end: Watchdogs.cs.
            if (function == 0xc600_0015)
                continue;
            Code.Fill(ref random);
            if (random.OneIn(4))
                Code.X[Code.Rdi] = Ram.End - random.Below(32);
            Code.X[Code.Rax] = Code.X[Code.Rax] & 0xffff_ffff_0000_0000 | function;
            ulong one = Code.X[Code.Rdi], two = Code.X[Code.Rsi], rbx = Code.X[Code.Rbx], last = Code.X[14];
            Fault fault = Code.Run(isOther == Cpu.IsAmd ? Vmcall : Vmmcall);
            ulong answer = Code.X[Code.Rax];
            Score.Check(isOther ? fault.IsUndefined : fault.IsNone, "an exception"u8, function, fault.Value);
            Score.Check(Code.X[Code.Rdi] == one && Code.X[Code.Rsi] == two && Code.X[Code.Rbx] == rbx && Code.X[14] == last, "registers that are not a result"u8, function, one);
            if (!isOther)
            {
                bool isOurs = function is >= Hypervisor.OwnVersion and <= Hypervisor.OwnVersion + 0xf;
                Score.Check(isOurs ? IsLegal(function, one, two, answer) : answer == Hypervisor.NotSupported, "its result"u8, function, answer);
            }
            Score.Take(function | (function == Hypervisor.ConsoleWrite ? 0 : answer << 32));
        }
    }

    private static bool IsLegal(uint function, ulong one, ulong two, ulong answer) => function != Hypervisor.ConsoleWrite
        || (one + two <= Ram.End && one + two >= one ? answer <= two || answer == Hypervisor.InvalidParameters : answer == Hypervisor.InvalidParameters);
}
