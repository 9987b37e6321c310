using System.Text;
using Bulkhead.ImageBuilder.Qemu;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class TerminalParserTests
{
    private static readonly Config Much = Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300);

    // Bytes that begin and end sequences more often than others.
    private static byte[] Bytes(int[] steps) =>
        [.. steps.Select(step => (uint)step * 2654435761).Select(step => (step >> 30) == 0 ? (byte)step : "\e\e[]m;19H\a\\é\r\nP"u8[(int)(step % 16)])];

    [Fact]
    public void Pieces_change_nothing() => Check.One(Much, Prop.ForAll<int[], PositiveInt>((steps, piece) =>
    {
        byte[] bytes = Bytes(steps);
        TerminalParser parser = new();
        return new TerminalParser().Parse(bytes).SequenceEqual(bytes.Chunk(piece.Get).SelectMany(part => parser.Parse(part)));
    }));

    [Fact]
    public void What_comes_out_is_text_or_a_command_with_numbers() => Check.One(Much, Prop.ForAll<int[]>(steps =>
        new TerminalParser().Parse(Bytes(steps)).All(input => input.IsCommand
            ? input.Value.Value is >= '@' and <= '~' && input.Parameters.All(letter => char.IsAsciiDigit(letter) || letter is ';' or ':')
            : !Rune.IsControl(input.Value) || "\n\r\b\t".Contains((char)input.Value.Value))));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\e[31mb\e[0mc", "a<31m>b<0m>c")]
    [InlineData("a\e]0;title\ab", "ab")]
    [InlineData("a\e]0;title\e\\b", "ab")]
    [InlineData("a\eP1$r\e\\b", "ab")]
    [InlineData("a\e(Bb", "ab")]
    [InlineData("a\e7b", "ab")]
    [InlineData("a\e[?25lb", "ab")]
    [InlineData("a\e[\e[Kb", "a<K>b")]
    [InlineData("a\0\u0007\u009bb", "ab")]
    [InlineData("a\u202eb", "a\ufffdb")]
    public void Sequences_are_kept_apart_from_text(string bytes, string expected) => Assert.Equal(
        expected, string.Concat(new TerminalParser().Parse(Encoding.UTF8.GetBytes(bytes)).Select(input => input.IsCommand ? $"<{input.Parameters}{input.Value}>" : $"{input.Value}")));
}
