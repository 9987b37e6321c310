using Bulkhead.ImageBuilder.Packages;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Packages;

public sealed class DebianSourcesTests
{
    [Fact]
    public void Backports_come_from_where_the_release_comes_from() => Assert.Equal(
        "Types: deb\nURIs: mirror://one\nSuites: bookworm-backports\nComponents: main\nSigned-By: /key\n",
        DebianSources.WithBackports(
            """
            # the release
            Types: deb
            URIs: mirror://one
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: /key

            Types: deb
            URIs: mirror://two
            Suites: bookworm-security
            Components: main

            Types: deb-src
            URIs: mirror://three
            Suites: bookworm
            Components: main

            Types: deb
            Enabled: no
            URIs: mirror://four
            Suites: bookworm
            Components: main
            """, true, "bookworm"));

    [Fact]
    public void One_line_sources_too() => Assert.Equal(
        "deb mirror://one bookworm-backports main\ndeb [arch=amd64 signed-by=/key] mirror://two bookworm-backports main contrib\n",
        DebianSources.WithBackports(
            """
            # deb mirror://none bookworm main
            deb mirror://one bookworm main
            deb-src mirror://one bookworm main
            deb mirror://one bookworm-security main
            deb [arch=amd64 signed-by=/key]  mirror://two	bookworm main contrib
            deb mirror://vendor stable main
            """, false, "bookworm"));

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("Types: deb\nURIs: mirror://vendor\nSuites: nodistro\n", true)]
    [InlineData("deb mirror://vendor stable main", false)]
    [InlineData("deb bookworm", false)]
    public void Other_vendors_have_none(string content, bool isDeb822) => Assert.Null(DebianSources.WithBackports(content, isDeb822, "bookworm"));
}
