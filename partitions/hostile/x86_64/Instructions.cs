namespace Bulkhead.Guests.Hostile;

/// <summary>Instructions of privilege, virtualization, caches, TLBs and debugging, one place each.</summary>
internal static unsafe class Instructions
{
    private const int Refused = 24, Kept = 8, Debugging = 12;
    private const ulong Debug1 = 1, Breakpoint = 3;

    private static ulong Place(int number) => Ram.CodeBase + (uint)number * Code.Room;

    public static ulong Rdmsr => Place(60);
    public static ulong Wrmsr => Place(61);

    public static void Prepare()
    {
        for (int i = 0; i < Refused; i++)
            Put(i, RefusedBytes(i));
        for (int i = 0; i < Kept; i++)
            Put(Refused + i, KeptBytes(i));
        for (int i = 0; i < Debugging; i++)
            Put(Refused + Kept + i, DebugBytes(i));
        Code.Put(Rdmsr, 0x320f, 2);
        Code.Put(Wrmsr, 0x300f, 2);
    }

    // Length in the uppermost byte.
    private static void Put(int number, ulong bytes) => Code.Put(Place(number), bytes & 0xff_ffff_ffff_ffff, (int)(bytes >> 56));

    private static ulong Three(uint bytes) => 3ul << 56 | bytes;

    private static ulong Four(uint bytes) => 4ul << 56 | bytes;

    // #UD, or #GP where the operand alone is looked at first.
    private static ulong RefusedBytes(int number) => number switch
    {
        0 => Three(0xd8010f),           // VMRUN
        1 => Three(0xda010f),           // VMLOAD
        2 => Three(0xdb010f),           // VMSAVE
        3 => Three(0xdc010f),           // STGI
        4 => Three(0xdd010f),           // CLGI
        5 => Three(0xde010f),           // SKINIT
        6 => Three(0xdf010f),           // INVLPGA
        7 => Three(0xc2010f),           // VMLAUNCH
        8 => Three(0xc3010f),           // VMRESUME
        9 => Three(0xc4010f),           // VMXOFF
        10 => Three(0x30780f),          // VMREAD [RAX], RSI
        11 => Three(0x30790f),          // VMWRITE
        12 => Three(0x37c70f),          // VMPTRLD [RDI]
        13 => Four(0x37c70f66),         // VMCLEAR [RDI]
        14 => Four(0x37c70ff3),         // VMXON [RDI]
        15 => Three(0xd4010f),          // VMFUNC
        16 => 2ul << 56 | 0x370f,       // GETSEC
        17 => Three(0xc8010f),          // MONITOR
        18 => Three(0xc9010f),          // MWAIT
        19 => Three(0xfa010f),          // MONITORX
        20 => Three(0xfb010f),          // MWAITX
        21 => Three(0xfd010f),          // RDPRU
        22 => 2ul << 56 | 0xaa0f,       // RSM
        _ => 2ul << 56 | 0x0b0f,        // UD2
    };

    private static ulong KeptBytes(int number) => number switch
    {
        0 => 2ul << 56 | 0x080f,        // INVD
        1 => 2ul << 56 | 0x090f,        // WBINVD
        2 => Three(0x38010f),           // INVLPG [RAX]
        3 => Three(0x38ae0f),           // CLFLUSH [RAX]
        4 => Four(0x38ae0f66),          // CLFLUSHOPT [RAX]
        5 => 5ul << 56 | 0x3082380f66,  // INVPCID RSI, [RAX]
        6 => Three(0x18180f),           // PREFETCHT2 [RAX]
        _ => Three(0x08180f),           // PREFETCHT0 [RAX]
    };

    private static ulong DebugBytes(int number) => number switch
    {
        0 => Three(0xc0230f),           // MOV DR0, RAX
        1 => Three(0xc8230f),           // DR1
        2 => Three(0xd0230f),           // DR2
        3 => Three(0xd8230f),           // DR3
        4 => Three(0xf0230f),           // DR6
        5 => Three(0xc0210f),           // MOV RAX, DR0
        6 => Three(0xf0210f),           // MOV RAX, DR6
        7 => Three(0xf8210f),           // MOV RAX, DR7
        8 => 2ul << 56 | 0x330f,        // RDPMC
        9 => 1ul << 56 | 0xcc,          // INT3
        10 => 1ul << 56 | 0xf1,         // INT1
        _ => Three(0xd1010f),           // XSETBV
    };

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            int number = (int)random.Below(Refused);
            Code.Fill(ref random);
            Code.X[Code.Rax] = Code.X[Code.Rdi] = Ram.Scratch + (random.Next() & 0xffff8);
            Fault fault = Code.Run(Place(number));
            // QEMU 7.2 takes VMPTRLD, VMCLEAR and VMXON for RDRAND: they do not leave the guest on AMD-V.
            bool isMissed = number is >= 12 and <= 14 && Cpu.IsAmd;
            Score.Check(isMissed || fault.IsUndefined || fault.IsProtection, "not refused"u8, (ulong)number, fault.Value);
            Score.Take((uint)number | fault.Value << 8);
        }
    }

    public static void Maintain(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            int number = (int)random.Below(Kept);
            // Emptying the caches is not carried out, and still an exit: seldom enough to leave the others their turn.
            ulong at = random.Below(4) switch
            {
                0 => random.Edgy(),
                1 => Platform.LocalApic,
                _ => Ram.Scratch + (random.Next() & Ram.ScratchSize - 1),
            };
            // CLFLUSH of a device is a load of it to the MMU, and no instruction that is emulated: the end of the guest.
            if (number is 3 or 4 && at >= Ram.End)
                at = Ram.Scratch;
            if (number == 5)
                at = Ram.Scratch + (at & 0xffff0);
            Code.Fill(ref random);
            Code.X[Code.Rax] = at;
            Code.X[Code.Rsi] = random.Below(5);
            Fault fault = Code.Run(Place(Refused + number));
            bool mayFault = number is 4 or 5;
            Score.Check(fault.IsNone || mayFault && (fault.IsUndefined || fault.IsProtection), "maintenance"u8, (ulong)number, fault.Value);
            Score.Take((uint)number | fault.Value << 8);
        }
    }

    public static void Debug(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            int number = (int)random.Below(Debugging);
            Code.Fill(ref random);
            ulong value = Code.X[Code.Rax];
            Fault fault = Code.Run(Place(Refused + Kept + number));
            bool isLegal = number switch
            {
                4 => fault.IsNone || fault.IsProtection,            // DR6's upper half must be zero
                < 8 => fault.IsNone,
                8 => fault.IsProtection,
                9 => fault.Is(Breakpoint),
                10 => fault.Is(Debug1),
                _ => fault.IsNone || fault.IsProtection || fault.IsUndefined,
            };
            Score.Check(isLegal, "debug"u8, (ulong)number, fault.Value);
            Score.Take((uint)number | fault.Value << 8);
        }
    }
}
