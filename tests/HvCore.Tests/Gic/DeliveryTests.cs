using System.Linq;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Xunit;

namespace Bulkhead.Tests.Gic;

public sealed class DeliveryTests
{
    private static FakeBoard Started(int listRegisters = 4, int cpus = 2)
    {
        var board = new FakeBoard(cpus, listRegisters);
        board.StartWithEverythingOn();
        return board;
    }

    private static uint Take(FakeBoard board, int cpu)
    {
        uint intid = board.Cpus[cpu].Acknowledge();
        if (intid != FakeCpu.Spurious)
            board.Cpus[cpu].EndOfInterrupt(intid);
        board.Settle();
        return intid;
    }

    [Fact]
    public void TimerGoesThroughListRegister0AndComesAgainAfterItsEoi()
    {
        FakeBoard board = Started();
        FakeCpu cpu = board.Cpus[1];
        for (int i = 0; i < 3; i++)
        {
            cpu.TimerLine = true;
            board.Settle();
            Assert.True(cpu.ListRegisters[0].IsHw);
            Assert.Equal(27u, cpu.Acknowledge());
            board.Settle();
            Assert.Equal(FakeCpu.Spurious, cpu.Acknowledge());
            cpu.TimerLine = false;
            cpu.EndOfInterrupt(27);
            Assert.False(cpu.Timer.Active);
        }
    }

    [Fact]
    public void TimerDisabledWhilePendingWaitsForItsEnable()
    {
        FakeBoard board = Started();
        board.Cpus[0].TimerLine = true;
        board.Settle();
        board.WriteGicr(0, 0, 0x1_0180, 1u << 27);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[0].Acknowledge());
        Assert.False(board.Cpus[0].Timer.Enabled);
        Assert.Equal(1ul << 27, board.Gicr(0, 0, 0x1_0200) & (1ul << 27));
        board.WriteGicr(0, 0, 0x1_0100, 1u << 27);
        board.Settle();
        Assert.Equal(27u, board.Cpus[0].Acknowledge());
    }

    [Fact]
    public void SelfSgiNeedsNoKick()
    {
        FakeBoard board = Started();
        for (int i = 0; i < 20; i++)
        {
            board.SendSgi(0, (uint)i & 15, 1);
            Assert.False(board.Cpus[0].Kicked);
            Assert.Equal((uint)i & 15, Take(board, 0));
            Assert.Equal(FakeCpu.Spurious, Take(board, 0));
            Assert.Equal((i + 1, (uint)i & 15), (board.Cpus[0].Noted.Count, board.Cpus[0].Noted[^1]));
        }
    }

    [Fact]
    public void SgiToOthersComesByKickOnce()
    {
        FakeBoard board = Started(cpus: 3);
        board.SendSgi(0, 5, 0b110);
        board.SendSgi(0, 5, 0b010);
        Assert.True(board.Cpus[1].Kicked);
        board.Settle();
        Assert.Equal(5u, Take(board, 1));
        Assert.Equal(FakeCpu.Spurious, Take(board, 1));
        Assert.Equal(5u, Take(board, 2));
        Assert.Equal(FakeCpu.Spurious, Take(board, 0));
        Assert.Empty(board.Cpus[0].Noted);
        Assert.Equal([5u], board.Cpus[2].Noted);
    }

    [Theory]
    [InlineData(1ul << 16, 0)]      // Aff1
    [InlineData(1ul << 32, 0)]      // Aff2
    [InlineData(1ul << 44, 0)]      // RS
    [InlineData(1ul << 48, 0)]      // Aff3
    [InlineData(1ul << 40, 0b101)]  // IRM: all but oneself
    [InlineData(0ul, 0b010)]
    public void SgiTargetsAreDecoded(ulong extra, int expected)
    {
        FakeBoard board = Started(cpus: 3);
        board.OnCpu(1, gic => SoftwareGeneratedInterrupt<FakeHardware>.Write(
            ref gic.State, 1, extra | (3ul << 24) | (extra == 0 ? 0xfffaul : 2)));
        board.Settle();
        int got = 0;
        for (int cpu = 0; cpu < 3; cpu++)
            got |= Take(board, cpu) == 3 ? 1 << cpu : 0;
        Assert.Equal(expected, got);
    }

    [Fact]
    public void SgiSentWhileActiveIsDeliveredAgain()
    {
        FakeBoard board = Started();
        board.SendSgi(0, 1, 1);
        Assert.Equal(1u, board.Cpus[0].Acknowledge());
        board.SendSgi(0, 1, 1);
        Assert.Equal(FakeCpu.Spurious, board.Cpus[0].Acknowledge());
        board.Cpus[0].EndOfInterrupt(1);
        Assert.Equal(1u, Take(board, 0));
        Assert.Equal(FakeCpu.Spurious, Take(board, 0));
    }

    [Fact]
    public void HighLevelComesAgainAfterEachEoi()
    {
        FakeBoard board = Started();
        board.SetLine(0, 33, true);
        for (int i = 0; i < 3; i++)
            Assert.Equal(33u, Take(board, 0));
        Assert.Equal(33u, board.Cpus[0].Acknowledge());
        board.SetLine(0, 33, false);
        board.Cpus[0].EndOfInterrupt(33);
        Assert.False(board.Cpus[0].Maintenance);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, Take(board, 0));
        board.SetLine(0, 33, true);
        Assert.Equal(33u, Take(board, 0));
    }

    [Fact]
    public void FallenLevelIsWithdrawn()
    {
        FakeBoard board = Started();
        board.SetLine(1, 33, true);
        board.Settle();
        board.SetLine(1, 33, false);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, Take(board, 0));
    }

    [Fact]
    public void TwentyPendingOverFourListRegistersComeByPriority()
    {
        FakeBoard board = Started();
        for (uint i = 0; i < 20; i++)
            board.WriteGicd(0, 0x400 + 32 + i, ((i * 7) % 20) * 8, AccessSize.Byte);
        uint all = (1u << 20) - 1;
        board.WriteGicd(0, 0x204, all);
        board.Settle();
        uint[] taken = Enumerable.Range(0, 20).Select(_ => Take(board, 0)).ToArray();
        Assert.Equal(taken.OrderBy(intid => ((intid - 32) * 7) % 20), taken);
        Assert.Equal(20, taken.Distinct().Count());
        Assert.Equal(FakeCpu.Spurious, Take(board, 0));
        Assert.Equal(HypControl.En, board.Cpus[0].Hcr);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ActiveOnesSpillAndEnd(bool eoiMode)
    {
        FakeBoard board = Started();
        FakeCpu cpu = board.Cpus[0];
        cpu.EoiMode = eoiMode;
        for (uint i = 0; i < 10; i++)
            board.WriteGicd(0, 0x420 + i, 0x80 - i * 8, AccessSize.Byte);
        for (uint i = 0; i < 10; i++)
        {
            board.WriteGicd(0, 0x204, 1u << (int)i);
            board.Settle();
            Assert.Equal(32 + i, cpu.Acknowledge());
            board.Settle();
            Assert.Equal((1ul << (int)(i + 1)) - 1, board.Gicd(1, 0x304));
        }
        for (uint i = 10; i-- > 0;)
        {
            cpu.EndOfInterrupt(32 + i);
            if (eoiMode)
                cpu.DeactivateInterrupt(32 + i);
            board.Settle();
            Assert.Equal((1ul << (int)i) - 1, board.Gicd(1, 0x304));
        }
        Assert.Equal(HypControl.En, cpu.Hcr);
    }

    [Fact]
    public void HandlersInThreadsDoNotBlockListRegisters()
    {
        // EOImode 1: all dropped, none deactivated, more of them than list registers.
        FakeBoard board = Started();
        FakeCpu cpu = board.Cpus[0];
        cpu.EoiMode = true;
        board.WriteGicd(0, 0x204, 0xffff);
        for (int i = 0; i < 16; i++)
        {
            board.Settle();
            uint intid = cpu.Acknowledge();
            Assert.NotEqual(FakeCpu.Spurious, intid);
            cpu.EndOfInterrupt(intid);
        }
        board.Settle();
        Assert.Equal(0xfffful, board.Gicd(0, 0x304));
        for (uint i = 0; i < 16; i++)
            cpu.DeactivateInterrupt(32 + i);
        board.Settle();
        Assert.Equal(0ul, board.Gicd(0, 0x304));
        Assert.Equal(HypControl.En, cpu.Hcr);
    }

    [Fact]
    public void AssignedSpiIsEndedPhysicallyByTheGuest()
    {
        var board = new FakeBoard(2, 4);
        board.Gic.State.Assign(40, 70);
        board.StartWithEverythingOn();
        PhysicalInterrupt physical = board.Physical(0, 70);
        Assert.True(physical.Enabled);
        Assert.Equal(40u, board.Gic.State.FindVirtual(70));
        Assert.Equal(0u, board.Gic.State.FindVirtual(40));
        physical.Active = true;
        board.OnCpu(0, gic => Delivery<FakeHardware>.OnPhysicalSpi(ref gic.State, 0, 40));
        Assert.Equal(40u, board.Cpus[0].Acknowledge());
        Assert.True(physical.Active);
        board.Cpus[0].EndOfInterrupt(40);
        Assert.False(physical.Active);
        board.WriteGicd(0, 0x6000 + 40 * 8, 1, AccessSize.DoubleWord);
        Assert.Equal(1, physical.Route);
        board.WriteGicd(0, 0x184, 1u << 8);
        Assert.False(physical.Enabled);
    }

    [Fact]
    public void MovedWhileActiveGoesToTheNewVcpuAfterItsEnd()
    {
        FakeBoard board = Started();
        board.SetLine(0, 33, true);
        Assert.Equal(33u, board.Cpus[0].Acknowledge());
        board.WriteGicd(1, 0x6000 + 33 * 8, 1, AccessSize.DoubleWord);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[1].Acknowledge());
        board.Cpus[0].EndOfInterrupt(33);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[0].Acknowledge());
        Assert.Equal(33u, board.Cpus[1].Acknowledge());
    }

    [Fact]
    public void SharedInterruptOutlivesItsVcpu()
    {
        FakeBoard board = Started();
        board.WriteGicd(0, 0x6000 + 35 * 8, 1, AccessSize.DoubleWord);
        board.WriteGicd(0, 0x204, 1u << 3);
        board.Settle();
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        Assert.Equal(8ul, board.Gicd(0, 0x204));
        Assert.All(board.Cpus[1].ListRegisters, lr => Assert.True(lr.IsInvalid));
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.ResetCpu(ref gic.State, 1));
        Assert.Equal(35u, Take(board, 1));
    }

    [Fact]
    public void AssignedSpiThatWasNotTakenOutlivesItsVcpu()
    {
        FakeBoard board = new(2, 4);
        board.Gic.State.Assign(40, 70);
        board.StartWithEverythingOn();
        board.WriteGicd(0, 0x6000 + 40 * 8, 1, AccessSize.DoubleWord);
        board.Physical(1, 70).Pending = true;
        board.Settle();
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        board.WriteGicd(0, 0x6000 + 40 * 8, 0, AccessSize.DoubleWord);
        board.Settle();
        Assert.Equal(40u, Take(board, 0));
        Assert.False(board.Physical(0, 70).Active);
    }

    // The route was moved, and the vCPU that has the interrupt goes off before it looks at that.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SpiThatWasMovedAwayReachesItsNewVcpuWhenTheOldOneGoesOff(bool active)
    {
        FakeBoard board = new(2, 4);
        board.Gic.State.Assign(40, 70);
        board.StartWithEverythingOn();
        board.WriteGicd(0, 0x6000 + 40 * 8, 1, AccessSize.DoubleWord);
        board.WriteGicd(0, 0x6000 + 33 * 8, 1, AccessSize.DoubleWord);
        board.Physical(1, 70).Pending = true;
        board.OnCpu(0, gic => Delivery<FakeHardware>.SetLine(ref gic.State, 0, 33, true));
        board.Settle();
        if (active)
            Assert.Equal(33u, board.Cpus[1].Acknowledge());
        board.WriteGicd(0, 0x6000 + 40 * 8, 0, AccessSize.DoubleWord);
        board.WriteGicd(0, 0x6000 + 33 * 8, 0, AccessSize.DoubleWord);
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        board.Settle();
        Assert.Equal(33u, board.Cpus[0].Acknowledge());
        board.OnCpu(0, gic => Delivery<FakeHardware>.SetLine(ref gic.State, 0, 33, false));
        board.Cpus[0].EndOfInterrupt(33);
        board.Settle();
        Assert.Equal(40u, Take(board, 0));
        Assert.False(board.Physical(0, 70).Active);
    }

    // It is moved while it is handled, and its device lets go: the end is still another vCPU's beginning.
    [Fact]
    public void SpiThatIsHandledWhereItIsNoLongerRoutedIsSeenToEnd()
    {
        FakeBoard board = Started();
        board.SetLine(0, 33, true);
        board.Settle();
        Assert.Equal(33u, board.Cpus[0].Acknowledge());
        board.WriteGicd(0, 0x6000 + 33 * 8, 1, AccessSize.DoubleWord);
        board.SetLine(0, 33, false);
        board.WriteGicd(1, 0x204, 2);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[1].Acknowledge());
        board.Cpus[0].EndOfInterrupt(33);
        board.Settle();
        Assert.Equal(33u, Take(board, 1));
    }

    [Fact]
    public void SpiThatWasClearedDoesNotOutliveItsVcpu()
    {
        FakeBoard board = new(2, 4);
        board.Gic.State.Assign(40, 70);
        board.StartWithEverythingOn();
        board.WriteGicd(0, 0x6000 + 40 * 8, 1, AccessSize.DoubleWord);
        board.Physical(1, 70).Pending = true;
        board.Settle();
        board.WriteGicd(0, 0x284, 1u << 8);
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        board.WriteGicd(0, 0x6000 + 40 * 8, 0, AccessSize.DoubleWord);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[0].Acknowledge());
        Assert.False(board.Physical(0, 70).Active);
        board.Physical(0, 70).Pending = true;
        board.Settle();
        Assert.Equal(40u, Take(board, 0));
    }

    // Asked while it went off: too late to be answered, and nothing to wait for.
    [Fact]
    public void NobodyWaitsForAVcpuThatIsOff()
    {
        FakeBoard board = Started();
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        board.Gic.State.Vcpu(1).Inbox.Requests = Inbox.Recheck | Inbox.Publish;
        Assert.Equal(0ul, board.Gicd(0, 0) >> 31);
        board.Gicr(0, 1, 0x1_0200);
        Assert.Equal(0, board.Waits);
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.ResetCpu(ref gic.State, 1));
        Assert.Equal(0u, board.Gic.State.Vcpu(1).Inbox.Requests);
    }

    [Fact]
    public void AssignedSpiOfAVcpuThatIsOffWaitsQuietly()
    {
        FakeBoard board = new(2, 4);
        board.Gic.State.Assign(40, 70);
        board.StartWithEverythingOn();
        board.WriteGicd(0, 0x6000 + 40 * 8, 1, AccessSize.DoubleWord);
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.StopCpu(ref gic.State, 1));
        board.Physical(1, 70).Pending = true;
        board.Settle();
        Assert.False(board.Cpus[1].Maintenance);
        board.OnCpu(1, gic => Lifecycle<FakeHardware>.ResetCpu(ref gic.State, 1));
        Assert.Equal(40u, Take(board, 1));
    }

    [Fact]
    public void GroupsGateDelivery()
    {
        FakeBoard board = Started();
        board.WriteGicd(0, 0, 0);
        board.SendSgi(0, 2, 1);
        board.WriteGicd(0, 0x204, 2);
        board.Settle();
        Assert.Equal(FakeCpu.Spurious, board.Cpus[0].Acknowledge());
        board.WriteGicd(0, 0, 2);
        board.Settle();
        Assert.Equal([2u, 33u], new[] { Take(board, 0), Take(board, 0) }.Order());
    }
}
