using Bulkhead.ImageBuilder.Testing;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Testing;

public class LineCoverageTests
{
    [Fact]
    public void LineOfSeveralInstancesCountsOnce()
    {
        string report = Path.GetTempFileName();
        File.WriteAllText(report, """
            <coverage><packages><package><classes>
              <class name="Ring`1" filename="hv-core/Ring.cs"><methods><method><lines><line number="7" hits="1"/></lines></method></methods>
                <lines><line number="7" hits="1"/><line number="8" hits="0"/></lines></class>
              <class name="Ring`1/Slot" filename="hv-core/Ring.cs"><lines><line number="8" hits="2"/><line number="9" hits="0"/></lines></class>
              <class name="Gzip" filename="hv-core/Gzip.cs"><lines><line number="7" hits="0"/></lines></class>
            </classes></package></packages></coverage>
            """);
        LineCoverage coverage = LineCoverage.Read(report);
        File.Delete(report);
        Assert.Equal(new LineCoverage(2, 4), coverage);
        Assert.Equal("50.0 % of its lines run (2 of 4)", coverage.ToString());
    }
}
