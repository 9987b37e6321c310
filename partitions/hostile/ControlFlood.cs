using System;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// The update service by a control guest's second UART: noise, lines without an end, commands with operands of any kind, faster
/// than they are taken and without reading the answers. After each of its turns the service must answer as ever.
/// </summary>
internal static class ControlFlood
{
    private const uint OperationsPerPiece = 32, MostReads = 100_000;

    private static bool s_isThere;

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
        for (uint i = 0; i < share; i += OperationsPerPiece)
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
                        Line.TryRead(out _);
                    break;
                default:
                    PutCommand(ref random);
                    break;
            }
            Score.Take(i);
        }
        Score.Check(Answers(), "the update service"u8, 0, 0);
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
    private static void Put(byte value) => Line.TryWrite(value);

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
