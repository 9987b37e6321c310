using System;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// The update service by a control guest's second UART and by its mailbox: noise, lines without an end, commands with operands of
/// any kind, faster than they are taken and without reading the answers. After each of its turns both must answer as ever.
/// </summary>
internal static unsafe class ControlFlood
{
    private const uint MostReads = 100_000;

    // In the mailbox: its doorbell, and the answer in its buffer.
    private const ulong Doorbell = Platform.Mailbox + 0xc, Answer = 0x1000;
    private const uint MostData = 0xe000;

    private static bool s_isThere;
    // Where the mailbox's next byte goes; null: to the UART.
    private static byte* s_mail;

    /// <summary>With `control=1`: the manifest has the role.</summary>
    public static bool IsThere => s_isThere;

    private static SerialPort Line => new(Platform.ControlUart);

    public static void Prepare()
    {
        s_isThere = Arguments.NumberOf("control"u8, 0) != 0;
        if (s_isThere)
            Line.Enable();
    }

    public static void Run(ref Random random, uint share)
    {
        if (!s_isThere)
            return;
        // An operation is an access of a device's register here too: pieces are as long as they happen to be.
        for (ulong end = Score.Total + share; Score.Total < end;)
        {
            switch (random.Below(8))
            {
                case 0:
                    for (uint left = random.Below(100); left != 0; left--)
                        Put((byte)random.Next());
                    break;
                case 1:
                    for (uint left = random.Below(3000); left != 0; left--)
                        Put((byte)'d');
                    break;
                case 2:
                    for (uint left = random.Below(600); left != 0; left--)
                        Take();
                    break;
                case 3:
                    PutMail(ref random);
                    break;
                default:
                    PutCommand(ref random);
                    break;
            }
        }
        Score.Check(Answers(), "the update service"u8, 0, 0);
        Score.Check(AnswersMail(), "the mailbox"u8, 0, 0);
    }

    private static byte* Buffer => (byte*)(Ram.End - Platform.MailboxBuffer);

    // Noise all over the buffer, a command or none, and any register with anything.
    private static void PutMail(ref Random random)
    {
        for (uint left = random.Below(400); left != 0; left--)
            Buffer[random.Below(random.OneIn(2) ? 400 : (uint)Platform.MailboxBuffer)] = (byte)random.Next();
        if (!random.OneIn(4))
        {
            s_mail = Buffer;
            PutCommand(ref random);
            s_mail = null;
        }
        ulong register = random.OneIn(4) ? Platform.Mailbox + random.Below(0x400) * 4 : Doorbell;
        Device.Write32(register, random.OneIn(2) ? (uint)random.Edgy() : random.Below(MostData + 1));
        Score.Take(register);
        register = Platform.Mailbox + random.Below(0x400) * 4;
        Device.Read32(register);
        Score.Take(register);
    }

    private static bool AnswersMail()
    {
        s_mail = Buffer;
        Put("status\n"u8);
        s_mail = null;
        Buffer[Answer] = 0;
        Device.Write32(Doorbell, 0);
        ReadOnlySpan<byte> wanted = "bundle "u8;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (Buffer[(int)Answer + i] != wanted[i])
                return false;
        }
        return true;
    }

    private static void PutCommand(ref Random random)
    {
        Put(random.Below(10) switch
        {
            0 => "slots"u8,
            1 => "begin"u8,
            2 => "begin 300000"u8,
            3 => "data"u8,
            4 => "data 0"u8,
            5 => "verify"u8,
            6 => "activate"u8,
            7 => "confirm"u8,
            8 => "status"u8,
            _ => random.OneIn(2) ? "log"u8 : "abort"u8,
        });
        for (uint words = random.Below(3); words != 0; words--)
        {
            Put((byte)' ');
            for (uint left = random.OneIn(8) ? 300 : random.Below(20); left != 0; left--)
                Put("0123456789abcdefABCDEFghxyz+/= -"u8[(int)random.Below(32)]);
        }
        // Now and then the next command stands on the same line.
        if (!random.OneIn(16))
            Put(random.OneIn(2) ? (byte)'\n' : (byte)'\r');
    }

    private static void Put(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
            Put(text[i]);
    }

    // Whoever does not wait loses bytes, and that is its own affair.
    private static void Put(byte value)
    {
        if (s_mail != null)
        {
            *s_mail++ = value;
            return;
        }
        Line.TryWrite(value);
        Score.Take(value);
    }

    // What comes, and whether, is a matter of time, so it is no part of the digest.
    private static void Take()
    {
        Line.TryRead(out _);
        Score.Add(1);
    }

    private static bool Answers()
    {
        ReadOnlySpan<byte> question = "\nstatus\n"u8;
        uint reads = 0;
        for (int sent = 0; sent < question.Length && reads < MostReads; reads++)
        {
            if (Line.TryWrite(question[sent]))
                sent++;
            else
                Line.TryRead(out _);
        }
        // `bundle` begins no other answer's line.
        ReadOnlySpan<byte> wanted = "bundle "u8;
        int found = 0;
        for (; found < wanted.Length && reads < MostReads; reads++)
        {
            if (Line.TryRead(out byte value))
                found = value == wanted[found] ? found + 1 : value == wanted[0] ? 1 : 0;
        }
        return found == wanted.Length;
    }
}
