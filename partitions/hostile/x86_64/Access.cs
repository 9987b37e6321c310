namespace Bulkhead.Guests.Hostile;

/// <summary>
/// Instructions with an operand at [RDI] that the decoder knows: every opcode of its map, with prefixes, sizes and
/// addressing of each kind, a new choice at each start.
/// </summary>
internal static unsafe class Access
{
    public const int Slots = 256;

    private static ulong Place(int slot) => Ram.CodeBase + 0x4000 + (uint)slot * Code.Room;

    /// <summary>Loads and stores of one operand at [RDI]; the first: MOV EAX, [RDI] and MOV [RDI], EAX.</summary>
    public static void Prepare(ref Random random)
    {
        Code.Put(Place(0), 0x078b, 2);
        Code.Put(Place(1), 0x0789, 2);
        for (int slot = 2; slot < Slots; slot++)
            Write(Place(slot), ref random);
    }

    public static Fault Try(int slot, ulong at, ulong value)
    {
        Code.X[Code.Rdi] = at;
        Code.X[Code.Rax] = value;
        Code.X[Code.Rcx] = 1;
        Code.X[Code.Rsi] = Ram.Scratch;
        Code.X[Code.Rdx] = value;
        Code.X[Code.Rbx] = 0;
        return Code.Run(Place(slot));
    }

    private static void Write(ulong place, ref Random random)
    {
        byte* at = (byte*)place;
        bool is16 = random.OneIn(4), is64 = random.OneIn(3);
        if (random.OneIn(8))
            *at++ = (byte)(random.OneIn(2) ? 0x3e : 0x26);      // DS, ES: without effect
        if (is16)
            *at++ = 0x66;
        byte opcode = Opcode(random.Below(26), out bool isTwo, out byte group, out int immediate, out bool isString, out bool locks);
        if (locks && random.OneIn(4))
            *at++ = 0xf0;
        if (isString && random.OneIn(2))
            *at++ = 0xf3;
        if (is64)
            *at++ = 0x48;
        else if (random.OneIn(4))
            *at++ = 0x40;
        if (isTwo)
            *at++ = 0x0f;
        *at++ = opcode;
        if (!isString)
        {
            // AX or DX; [RDI], [RDI + disp8], [RDI + disp32], [RDI + RBX], RBX being 0
            byte register = group != 0xff ? group : (byte)(random.OneIn(2) ? 0 : 2);
            switch (random.Below(4))
            {
                case 0:
                    *at++ = (byte)(0x07 | register << 3);
                    break;
                case 1:
                    *at++ = (byte)(0x47 | register << 3);
                    *at++ = 0;
                    break;
                case 2:
                    *at++ = (byte)(0x87 | register << 3);
                    *(uint*)at = 0;
                    at += 4;
                    break;
                default:
                    *at++ = (byte)(0x04 | register << 3);
                    *at++ = 0x1f;
                    break;
            }
            int bytes = immediate == 4 && is16 && !is64 ? 2 : immediate;
            for (int i = 0; i < bytes; i++)
                *at++ = (byte)random.Below(128);
        }
        *at = 0xc3;
    }

    private static byte Opcode(uint choice, out bool isTwo, out byte group, out int immediate, out bool isString, out bool locks)
    {
        isTwo = false;
        group = 0xff;
        immediate = 0;
        isString = false;
        locks = false;
        switch (choice)
        {
            case 0: return 0x8a;
            case 1: return 0x8b;
            case 2: return 0x88;
            case 3: return 0x89;
            case 4: group = 0; immediate = 1; return 0xc6;
            case 5: group = 0; immediate = 4; return 0xc7;
            case 6: locks = true; return 0x01;                  // ADD
            case 7: return 0x0b;                                // OR to a register
            case 8: locks = true; return 0x31;                  // XOR
            case 9: return 0x3b;                                // CMP
            case 10: locks = true; group = 4; immediate = 4; return 0x81;   // AND
            case 11: group = 7; immediate = 1; return 0x83;     // CMP
            case 12: return 0x85;                               // TEST
            case 13: group = 0; immediate = 1; return 0xf6;     // TEST
            case 14: locks = true; group = 2; return 0xf7;      // NOT
            case 15: locks = true; group = 0; return 0xff;      // INC
            case 16: locks = true; return 0x87;                 // XCHG
            case 17: isTwo = true; return 0xb6;                 // MOVZX
            case 18: isTwo = true; return 0xbf;                 // MOVSX
            case 19: isTwo = true; locks = true; return 0xb1;   // CMPXCHG
            case 20: isTwo = true; locks = true; return 0xc1;   // XADD
            case 21: isTwo = true; group = 5; immediate = 1; locks = true; return 0xba;     // BTS
            case 22: isString = true; return 0xa4;              // MOVSB
            case 23: isString = true; return 0xa5;
            case 24: isString = true; return 0xab;              // STOS
            default: isString = true; return 0xaa;
        }
    }
}
