using Bulkhead.ImageBuilder.Tests.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.BlackBox;

public class BlackBoxCommandTests
{
    // Both boards have the same image, and a run in QEMU leaves its box beside it.
    [Theory]
    [InlineData("bochs", true)]
    [InlineData("qemu-q35", false)]
    public void That_Bochs_leaves_none_is_said(string board, bool isSaid) =>
        Assert.Equal(isSaid, CommandLine.Run("blackbox", "--board", board).Errors.Contains("Bochs leaves no box behind", StringComparison.Ordinal));
}
