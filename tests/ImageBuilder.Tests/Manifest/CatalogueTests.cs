using Bulkhead.ImageBuilder.Diagnostics;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

public class CatalogueTests
{
    [Fact]
    public void CodesAreUniqueAndWellFormed()
    {
        Assert.All(DiagnosticCatalogue.All, d => Assert.Matches("^BH[0-9]{4}$", d.Code));
        Assert.Equal(DiagnosticCatalogue.All.Count, DiagnosticCatalogue.All.DistinctBy(d => d.Code).Count());
    }

    [Fact]
    public void EveryCodeIsExplained()
    {
        Assert.All(DiagnosticCatalogue.All, d =>
        {
            string text = d.Explain();
            Assert.StartsWith($"{d.Code}: {d.Title}\n\nWhy\n  {d.Cause[..20]}", text);
            Assert.Contains("\nExample\n  ", text);
            Assert.Contains("\nWhat to do\n  ", text);
        });
    }

    [Theory]
    [InlineData("BH0012")]
    [InlineData("bh12")]
    [InlineData("12")]
    public void CodesAreFoundHoweverTyped(string code)
    {
        Assert.True(DiagnosticCatalogue.TryFind(code, out DiagnosticDescriptor? found));
        Assert.Equal("BH0012", found.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("BH9999")]
    [InlineData("hello")]
    public void OthersAreNot(string code) => Assert.False(DiagnosticCatalogue.TryFind(code, out _));
}
