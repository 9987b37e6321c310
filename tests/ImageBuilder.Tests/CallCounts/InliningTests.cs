using System.Reflection;
using Bulkhead.CallCounts;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.CallCounts;

/// <summary>What is inlined of <see cref="SampleProgram"/>, which lies in this very assembly.</summary>
public sealed class InliningTests
{
    private static readonly CallGraph _graph = CallGraph.Read([typeof(SampleProgram).Assembly.Location]);

    private static Method Find(string name) =>
        Assert.Single(_graph.MethodsOf(typeof(SampleProgram).Assembly.Location), method => method.Name == name && method.IlSize != 0);

    [Theory]
    [InlineData(nameof(SampleProgram.CalledOnce))]
    [InlineData(nameof(SampleProgram.CalledOnceByAnInlinedOne))]
    [InlineData(nameof(SampleProgram.CalledOnceBesideWhatNobodyReaches))]
    [InlineData(nameof(SampleProgram.GenericCalledOnce))]
    [InlineData(nameof(ISample.ImplementedCalledOnce))]
    public void WhatOnePlaceCallsIsInlined(string name) => Assert.Equal(MethodImplAttributes.AggressiveInlining, Inlining.Of(Find(name)));

    [Theory]
    [InlineData(nameof(SampleProgram.SampleRoot))]
    [InlineData(nameof(SampleProgram.CalledTwice))]
    [InlineData(nameof(SampleProgram.CalledOnceByTheRoot))]
    [InlineData(nameof(SampleProgram.CalledOnceByASmallOneOfSeveralCallers))]
    [InlineData(nameof(SampleProgram.CalledOnceButKeptOut))]
    [InlineData(nameof(SampleProgram.CalledOnceWithManyLocals))]
    [InlineData(nameof(SampleProgram.WhoseAddressIsTaken))]
    [InlineData(nameof(ISample.CalledOnceAndByWayOfAnInterface))]
    [InlineData(nameof(SampleProgram.WhatNobodyReaches))]
    public void NothingElseIs(string name) => Assert.Equal(default, Inlining.Of(Find(name)));

    [Fact]
    public void WhatManyPlacesCallIsNot() =>
        Assert.Equal(MethodImplAttributes.NoInlining, Inlining.Of(Find(nameof(SampleProgram.LargeAndCalledThrice))));

    [Fact]
    public void LocalsAreCounted() => Assert.InRange(Find(nameof(SampleProgram.CalledOnceWithManyLocals)).FrameSize, 256, 300);
}
