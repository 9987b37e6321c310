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

    [Fact]
    public void What_a_younger_hypervisor_says_is_shown_as_a_number() =>
        Assert.Equal("stopped: reason 200", BoxWords.Cause(new CrashRecord { Cause = 200 }));
}
