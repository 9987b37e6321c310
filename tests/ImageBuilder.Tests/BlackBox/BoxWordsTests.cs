using System.Text;
using Bulkhead.BlackBox;
using Bulkhead.ImageBuilder.BlackBox;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.BlackBox;

public class BoxWordsTests
{
    [Fact]
    public void Every_end_of_a_guest_has_words()
    {
        foreach (StopReason reason in Enum.GetValues<StopReason>())
            Assert.Equal(Encoding.ASCII.GetString(StopReasonText.Of(reason)), BoxWords.Cause(new CrashRecord { Cause = (uint)reason }));
    }

    // In user space and in a kernel, with and without an interrupt.
    [Theory]
    [InlineData(0x0000_1234_5678_9abcul, -1, 0x1234_5678_9abcul, "")]
    [InlineData(0xffff_8000_0000_1000ul, -1, 0xffff_8000_0000_1000ul, "")]
    [InlineData(0x0000_1234_5678_9abcul, 0, 0x1234_5678_9abcul, ", then interrupt 0")]
    [InlineData(0xffff_8000_0000_1000ul, 0xef, 0xffff_8000_0000_1000ul, ", then interrupt 239")]
    [InlineData(0xffff_8000_0000_1000ul, 1019, 0xffff_8000_0000_1000ul, ", then interrupt 1019")]
    public unsafe void An_exit_says_where_and_what_interrupted_then(ulong at, int number, ulong pc, string words)
    {
        TraceEntry entry = new() { Pc = at };
        if (number >= 0)
            TraceEntry.Present((ulong)&entry, (uint)number);
        Assert.Equal((pc, number), (entry.ExitPc, entry.Presented));
        Assert.EndsWith($" at 0x{pc:x}{words}", BoxWords.Exit(in entry, TraceSource.Svm));
    }

    [Fact]
    public void What_a_younger_hypervisor_says_is_shown_as_a_number() =>
        Assert.Equal("stopped: reason 200", BoxWords.Cause(new CrashRecord { Cause = 200 }));
}
