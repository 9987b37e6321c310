using System.Text;
using Bulkhead.ImageBuilder.Qemu;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class ConsoleViewTests
{
    private const int Columns = 24;
    private static readonly string[] Guests = ["a", "bb", "ccc"];
    private static readonly Config Much = Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(200);

    // What a hostile or a merely lively guest writes.
    private static readonly string[] Words =
    [
        "x", "yz", "\r\n", "\n", "\r", "\b", "\t", "# ", "word ", "\e[A", "\e[2J", "\e[H", "\e[31m", "\e[0m", "\e[K", "\e[3D", "\e[2C",
        "\e[4P", "\e[@", "\e]0;title\a", "\e[6n", "\e7", "\e[?25l", "\e(B", "a| forged\r\n", "\u0301", "\u202e", "é", "\u009b2J", "0123456789",
    ];

    [Fact]
    public void No_guest_can_write_outside_its_own_rows() => Check.One(Much, Prop.ForAll<int[]>(steps =>
    {
        Screen screen = new(Columns);
        ConsoleView view = new(screen, true, 4) { Columns = () => Columns, InputGuest = "bb" };
        Write(view, steps);
        view.End();
        return screen.Rows[^1].Length == 0 && screen.Rows.All(row =>
            row is "" or "ours| said" || Guests.Append("").Any(guest => row.StartsWith(guest.PadRight(4) + "|", StringComparison.Ordinal)));
    }));

    [Fact]
    public void The_status_is_the_last_row_and_nothing_else_changes() => Check.One(Much, Prop.ForAll<int[]>(steps =>
    {
        Screen with = new(Columns), without = new(Columns);
        ConsoleView view = new(with, true, 4) { Columns = () => Columns, InputGuest = "bb", Status = "first" };
        ConsoleView other = new(without, true, 4) { Columns = () => Columns, InputGuest = "bb" };
        foreach (int step in steps)
        {
            Write(view, [step]);
            Write(other, [step]);
            string[] status = view.Status.Length == 0 ? [] : [view.Status[..Math.Min(view.Status.Length, Columns - 1)]];
            if (!Shown(with).SequenceEqual(Shown(without).Concat(status)) || with.Cursor != without.Cursor)
                return false;
            view.Status = (step & 7) switch { 0 => "", 1 => "states-longer-than-the-row-of-a-terminal", _ => $"states {step & 7}" };
        }
        view.End();
        other.End();
        return Shown(with).SequenceEqual(Shown(without)) && with.Cursor == without.Cursor;
    }));

    [Fact]
    public void A_file_has_no_status()
    {
        using StringWriter file = new();
        ConsoleView view = new(file, false, 4) { Status = "states" };
        Put(view, "a", "x\r\n");
        view.End();
        Assert.Equal("a   | x\n", file.ToString());
    }

    [Fact]
    public void A_file_gets_every_line_of_plain_text_under_its_name() => Check.One(Much, Prop.ForAll<int[]>(steps =>
    {
        using StringWriter file = new();
        ConsoleView view = new(file, false, 4);
        Dictionary<string, StringBuilder> written = Guests.ToDictionary(guest => guest, _ => new StringBuilder());
        foreach (int step in steps)
        {
            uint choice = (uint)step * 2654435761;
            string guest = Guests[choice % 3], text = (choice >> 8 & 3) == 0 ? "\r\n" : $"{choice >> 20}";
            written[guest].Append(text);
            view.Put(guest, Encoding.UTF8.GetBytes(text));
            if ((choice >> 30) == 0)
                view.Flush();
        }
        foreach (string guest in Guests)
        {
            written[guest].Append("\r\n");
            view.Put(guest, "\r\n"u8);
        }
        view.End();
        string[] rows = file.ToString().Split('\n');
        // An open line that others interrupt is begun again under them; its last row is the whole.
        return Guests.All(guest => written[guest].ToString().Split("\r\n")[..^1].All(line => rows.Contains($"{guest,-4}| {line}")));
    }));

    [Fact]
    public void A_prompt_shows_at_once_and_stays_below_the_others_lines()
    {
        Screen screen = new(Columns);
        ConsoleView view = new(screen, true, 4) { Columns = () => Columns, InputGuest = "a" };
        Put(view, "a", "~ # ");
        Assert.Equal(["a   | ~ #"], screen.Rows);
        Assert.Equal((0, 10), screen.Cursor);
        Put(view, "bb", "up\r\n");
        Assert.Equal(["bb  | up", "a   | ~ #"], screen.Rows);
        Put(view, "a", "ls");
        Put(view, "bb", "again\r\n");
        Assert.Equal(["bb  | up", "bb  | again", "a   | ~ # ls"], screen.Rows);
        Put(view, "a", "\b\e[J");
        Assert.Equal("a   | ~ # l", screen.Rows[^1]);
        view.End();
        Assert.Equal("", screen.Rows[^1]);
    }

    [Fact]
    public void A_long_line_is_broken_into_rows_that_are_the_guests_own()
    {
        Screen screen = new(Columns);
        ConsoleView view = new(screen, true, 4) { Columns = () => Columns, InputGuest = "a" };
        Put(view, "a", "0123456789012345678901234");
        Assert.Equal(["a   | 01234567890123456", "    | 78901234"], screen.Rows);
        // Editing in the row above is drawn there.
        Put(view, "a", "\rX");
        Assert.Equal("a   | X1234567890123456", screen.Rows[0]);
        Assert.Equal((0, 7), screen.Cursor);
        Put(view, "bb", "hello\r\n");
        Assert.Equal(["bb  | hello", "a   | X1234567890123456", "    | 78901234"], screen.Rows);
    }

    // An empty row at the end may be the screen's own, which nobody has written yet.
    private static IEnumerable<string> Shown(Screen screen) => screen.Rows.Reverse().SkipWhile(row => row.Length == 0).Reverse();

    private static void Put(ConsoleView view, string guest, string text)
    {
        view.Put(guest, Encoding.UTF8.GetBytes(text));
        view.Flush();
    }

    private static void Write(ConsoleView view, int[] steps)
    {
        foreach (int step in steps)
        {
            uint choice = (uint)step * 2654435761;
            byte[] text = Encoding.UTF8.GetBytes(Words[(choice >> 4) % Words.Length]);
            // Cut anywhere, in the middle of a sequence too.
            int cut = (int)(choice >> 12) % (text.Length + 1);
            view.Put(Guests[choice % 3], text.AsSpan(0, cut));
            if ((choice >> 30) == 0)
                view.Flush();
            if ((choice >> 24 & 15) == 0)
                view.Say("ours| said");
            view.Put(Guests[choice % 3], text.AsSpan(cut));
            view.Flush();
        }
    }
}
