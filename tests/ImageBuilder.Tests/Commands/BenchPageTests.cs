using Bulkhead.ImageBuilder.Bench;
using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

public class BenchPageTests
{
    private const string Page = "# Figures\n\nMade.\n\n## One\n1\n\n## Two\n2\n";

    [Theory]
    [InlineData("One", "# Figures\n\nMade.\n\n## One\nnew\n\n## Two\n2\n")]
    [InlineData("Two", "# Figures\n\nMade.\n\n## One\n1\n\n## Two\nnew\n")]
    [InlineData("Three", "# Figures\n\nMade.\n\n## One\n1\n\n## Two\n2\n\n## Three\nnew\n")]
    public void A_section_is_replaced_and_the_rest_stays(string title, string expected) =>
        Assert.Equal(expected, BenchCommand.Replace(Page, new BenchSection(title, "new\n\n")));
}
