using Bulkhead.Memory;
using Bulkhead.Tests.Fake;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The checker itself: each way of getting the order wrong is found.</summary>
public sealed class FakeMachineTests
{
    private const ulong Root = 0x1000;
    private const ulong Table = 0x2000;

    private static readonly FakeFormat _format = default;
    private static readonly FakeOps _ops = default;

    private readonly FakeMachine _machine = new(FakeEntryReader.Of(_format));

    public FakeMachineTests()
    {
        FakeMachine.Current = _machine;
        _ops.ZeroPage(new HostPhys(Root));
        _ops.Clean(new HostPhys(Root), FakeMachine.PageSize);
        _ops.CompleteWrites();
        _ops.Synchronize();
        _machine.AddRoot(Root);
    }

    private static ulong Pointer(ulong table) => _format.MakeTable(new HostPhys(table), 0);

    private static ulong Leaf(ulong output) => _format.MakeLeaf(new HostPhys(output), MapAttributes.Read, 0);

    private static ulong LeafBelow(ulong output) => _format.MakeLeaf(new HostPhys(output), MapAttributes.Read, 1);

    private void Write(ulong address, ulong value)
    {
        _machine.Write(address, value);
        _machine.Clean(address, 8);
    }

    private void Link()
    {
        _ops.ZeroPage(new HostPhys(Table));
        _ops.Clean(new HostPhys(Table), FakeMachine.PageSize);
        _machine.CompleteWrites();
        Write(Root, Pointer(Table));
        Write(Table, LeafBelow(0));
        _machine.CompleteWrites();
        _machine.Synchronize();
        _machine.CheckQuiet();
        Assert.Empty(_machine.Faults);
    }

    private void Make()
    {
        Write(Root, Leaf(0));
        _machine.CompleteWrites();
        _machine.Synchronize();
        Assert.Empty(_machine.Faults);
    }

    private void Expect(string fault) => Assert.Contains(fault, Assert.Single(_machine.Faults));

    [Fact]
    public void AValidEntryIsBrokenFirst()
    {
        Make();
        Write(Root, Leaf(1ul << 39));
        Expect("without break");
    }

    [Theory]
    [InlineData("no clean")]
    [InlineData("no completion of the write")]
    [InlineData("no invalidation")]
    [InlineData("another address")]
    [InlineData("no completion of the invalidation")]
    public void ABreakIsCompletedBeforeTheMake(string lacks)
    {
        Make();
        _machine.Write(Root, 0);
        if (lacks != "no clean")
            _machine.Clean(Root, 8);
        if (lacks != "no completion of the write")
            _machine.CompleteWrites();
        if (lacks != "no invalidation")
            _machine.Invalidate(lacks == "another address" ? 1ul << 39 : 0);
        if (lacks != "no completion of the invalidation")
            _machine.CompleteInvalidation();
        Write(Root, Leaf(1ul << 39));
        Expect("before its break was complete");
    }

    [Fact]
    public void AWholeBreakIsRight()
    {
        Make();
        Write(Root, 0);
        _machine.CompleteWrites();
        _machine.Invalidate(0x1000);
        _machine.CompleteInvalidation();
        Write(Root, Leaf(1ul << 39));
        _machine.CompleteWrites();
        _machine.Synchronize();
        _machine.CheckQuiet();
        Assert.Empty(_machine.Faults);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ATableIsZeroedAndVisibleBeforeItIsLinked(bool clean, bool complete)
    {
        _ops.ZeroPage(new HostPhys(Table));
        if (clean)
            _ops.Clean(new HostPhys(Table), FakeMachine.PageSize);
        if (complete)
            _machine.CompleteWrites();
        Write(Root, Pointer(Table));
        Expect("linked before");
    }

    [Fact]
    public void ATableNeverWrittenIsNotLinked()
    {
        Write(Root, Pointer(Table));
        Expect("linked before");
    }

    [Fact]
    public void AnUnlinkedTableIsLeftAloneUntilItIsForgotten()
    {
        Link();
        Write(Root, 0);
        _machine.CompleteWrites();
        Write(Table, 0);
        Expect("may still be walked");
    }

    [Fact]
    public void OneAddressIsNotEnoughForATable()
    {
        Link();
        Write(Root, 0);
        _machine.CompleteWrites();
        _machine.Invalidate(0);
        _machine.CompleteInvalidation();
        _machine.Synchronize();
        _machine.CheckQuiet();
        Expect("never invalidated");
    }

    [Theory]
    [InlineData(true, "never made visible")]
    [InlineData(false, "no synchronization")]
    public void AnOperationEndsWithNothingOutstanding(bool synchronize, string fault)
    {
        Write(Root, Leaf(0));
        if (synchronize)
            _machine.Synchronize();
        else
            _machine.CompleteWrites();
        _machine.CheckQuiet();
        Expect(fault);
    }
}
