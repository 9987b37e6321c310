using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Qemu;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class ScriptTests
{
    [Fact]
    public void A_text_waits_for_what_was_expected_before_it()
    {
        Script script = new("a");
        script.Expect(new Regex("# "));
        script.Send("ls\n"u8.ToArray());
        script.Expect(new Regex("^done", RegexOptions.Multiline));
        Assert.Empty(script.Advance());
        Assert.Equal("lo", Feed(script, "boot\ndone\n", "#", " ", "lo"));
        Assert.Equal(["a=^done"], script.Missing);
        // What stood there before the text was sent is not what it brought about.
        Assert.Equal("", Feed(script, "\r\n"));
        Assert.False(script.IsDone);
        Feed(script, "do\e[1mne\r\n");
        Assert.True(script.IsDone);
        Assert.Empty(script.Missing);

        string Feed(Script fed, params string[] pieces)
        {
            StringBuilder sent = new();
            foreach (string piece in pieces)
            {
                fed.See(Encoding.UTF8.GetBytes(piece));
                foreach (byte[] text in fed.Advance())
                {
                    Assert.Equal("ls\n"u8.ToArray(), text);
                    sent.Append(piece == " " ? "lo" : "unexpected");
                }
            }
            return sent.ToString();
        }
    }

    [Fact]
    public void Expectations_without_a_text_between_them_come_in_any_order()
    {
        Script script = new("a");
        script.Expect(new Regex("second"));
        script.Expect(new Regex("first"));
        script.See("first second"u8);
        script.Advance();
        Assert.True(script.IsDone);
    }

    [Fact]
    public void A_flood_before_it_hides_nothing() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll<PositiveInt, PositiveInt>((before, after) =>
    {
        Script script = new("a");
        script.Expect(new Regex("needle"));
        byte[] hay = new byte[4096];
        Array.Fill(hay, (byte)'h');
        for (int i = 0; i < before.Get; i++)
        {
            script.See(hay);
            script.Advance();
        }
        // In two halves, in two reads.
        script.See("nee"u8);
        script.Advance();
        script.See("dle"u8);
        script.Advance();
        return script.IsDone;
    }));

    [Theory]
    [InlineData("plain", "706c61696e")]
    [InlineData(@"\n\r\t\e\\", "0a0d091b5c")]
    [InlineData(@"\x00\xff\x1B", "00ff1b")]
    [InlineData("é😀", "c3a9f09f9880")]
    [InlineData("", "")]
    public void Sent_text_knows_escapes(string text, string bytes) => Assert.Equal(bytes, Convert.ToHexStringLower(SendText.Parse(text)));

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"\q")]
    [InlineData(@"\x")]
    [InlineData(@"\x1")]
    [InlineData(@"\xg0")]
    public void Other_escapes_are_refused(string text) => Assert.Throws<FormatException>(() => SendText.Parse(text));

    [Fact]
    public void Any_text_is_parsed_or_refused() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll<string>(text =>
    {
        try
        {
            SendText.Parse(text ?? "");
        }
        catch (FormatException)
        {
            // A refusal is an answer.
        }
    }));
}
