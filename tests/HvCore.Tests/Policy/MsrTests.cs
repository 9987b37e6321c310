using System.Collections.Generic;
using System.Linq;
using Bulkhead.Tests.Apic;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Policy;
using Xunit;

namespace Bulkhead.Tests.Policy;

public sealed class MsrTests
{
    private readonly FakeApics _board = new(2);
    private VcpuMsrs _own;

    private MsrEffect Read(uint msr, out ulong value) =>
        MsrAccess<FakeApics.Hardware>.Read(ref _board.Apic(0), ref _own, msr, out value);

    private MsrEffect Write(uint msr, ulong value) =>
        MsrAccess<FakeApics.Hardware>.Write(ref _board.State, ref _board.Apic(0), ref _own, msr, value);

    private static HashSet<uint> PassThrough => [.. Enumerable.Range(0, MsrPolicy.PassThroughCount).Select(MsrPolicy.PassThrough)];

    [Fact]
    public void An_MSR_exits_or_does_not()
    {
        Assert.Equal(MsrPolicy.PassThroughCount, PassThrough.Count);
        Assert.All(PassThrough, msr => Assert.Equal(MsrHandling.Refused, MsrPolicy.Find(msr, out _)));
        Assert.Equal(MsrHandling.Refused, MsrPolicy.Find(MsrPolicy.Tsc, out _));
    }

    // The bits as the manuals count them (SDM vol 3, 25.6.9; APM vol 2, 15.11), for every MSR that has some.
    [Fact]
    public void The_maps_say_the_same()
    {
        byte[] svm = new byte[8192], vmx = new byte[4096];
        MsrMap.FillSvm(svm);
        MsrMap.FillVmx(vmx);
        HashSet<uint> pass = PassThrough;
        (uint First, int Svm, int Vmx)[] ranges = [(0, 0, 0), (0xc000_0000, 0x800, 0x400), (0xc001_0000, 0x1000, -1)];
        foreach ((uint first, int svmByte, int vmxByte) in ranges)
        {
            for (uint i = 0; i < 0x2000; i++)
            {
                bool passed = pass.Contains(first + i), readPassed = passed || first + i == MsrPolicy.Tsc;
                Assert.Equal(!readPassed, Bit(svm, svmByte * 8 + (int)i * 2));
                Assert.Equal(!passed, Bit(svm, svmByte * 8 + (int)i * 2 + 1));
                if (vmxByte < 0)
                    continue;
                Assert.Equal(!readPassed, Bit(vmx, vmxByte * 8 + (int)i));
                Assert.Equal(!passed, Bit(vmx, (2048 + vmxByte) * 8 + (int)i));
            }
        }

        static bool Bit(byte[] map, int number) => (map[number / 8] >> number % 8 & 1) != 0;
    }

    [Fact]
    public void What_no_table_names_is_refused()
    {
        uint[] refused = [0, 1, 0x11, 0x12, 0xce, 0x122, 0x140, 0x1c9, 0x200, 0x2ff, 0x400, 0x480, 0x606, 0x7ff, 0x840, 0xda0,
            0xdead, 0x4b56_4d02, 0x4b56_4d03, 0xc000_0104, 0xc001_0114, 0xc001_0117, 0xc001_0131, 0xffff_ffff];
        foreach (uint msr in refused)
        {
            Assert.Equal(MsrEffect.Fault, Read(msr, out _));
            Assert.Equal(MsrEffect.Fault, Write(msr, 0));
        }
        // The TSC's write: the guest's is an offset that is the guest's alone to read.
        Assert.Equal(MsrEffect.Fault, Write(MsrPolicy.Tsc, 0));
    }

    [Theory]
    [InlineData(0x3au, 1ul)]
    [InlineData(0x1a0u, 0x1801ul)]
    [InlineData(0x17u, 0ul)]
    [InlineData(0x1d9u, 0ul)]
    [InlineData(0xc0010015u, 0x1000000ul)]
    [InlineData(0xc0011029u, 2ul)]
    [InlineData(0xc0010055u, 0ul)]
    public void Constants_stay(uint msr, ulong expected)
    {
        Assert.Equal(MsrEffect.None, Write(msr, ulong.MaxValue));
        Assert.Equal(MsrEffect.None, Read(msr, out ulong value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void The_boards_are_shown_with_less()
    {
        _own.Microcode = 0x1_2345_0000_0000;
        _own.ArchCapabilities = MsrPolicy.GuestValue(MsrPolicy.ArchCapabilities, ulong.MaxValue);
        Assert.Equal(_own.Microcode, MsrPolicy.GuestValue(MsrPolicy.Microcode, _own.Microcode));
        Write(MsrPolicy.Microcode, 0);
        Read(MsrPolicy.Microcode, out ulong value);
        Assert.Equal(_own.Microcode, value);
        Read(MsrPolicy.ArchCapabilities, out value);
        // TSX_CTRL, MISC_PACKAGE_CTLS, ENERGY_FILTERING, XAPIC_DISABLE, FB_CLEAR_CTRL announce MSRs that are refused.
        Assert.Equal(0ul, value & (1 << 7 | 1 << 10 | 1 << 11 | 1 << 21 | 1 << 18));
        Assert.Equal(1ul, value & 1);
    }

    [Fact]
    public void The_APICs_are_where_they_should()
    {
        Assert.Equal(MsrEffect.None, Read(ApicBase.Msr, out ulong value));
        Assert.Equal(_board.Apic(0).Base, value);
        Assert.Equal(MsrEffect.Fault, Read(0x802, out _));
        Assert.Equal(MsrEffect.Mode, Write(ApicBase.Msr, value | ApicBase.X2Apic));
        Assert.Equal(MsrEffect.None, Read(0x803, out value));
        Assert.Equal(0x50014ul, value);
        Assert.Equal(MsrEffect.None, Write(0x80f, 0x1ff));
        Assert.Equal(MsrEffect.None, Write(0x832, ApicRegister.LvtTscDeadline | 0x40) & ~MsrEffect.Timer);
        Assert.Equal(MsrEffect.Timer, Write(X2ApicMsr.TscDeadline, 100));
        Assert.Equal(MsrEffect.None, Read(X2ApicMsr.TscDeadline, out value));
        Assert.Equal(100ul, value);
        Assert.Equal(MsrEffect.Efer, Read(MsrPolicy.Efer, out _));
        Assert.Equal(MsrEffect.Efer, Write(MsrPolicy.Efer, 0));
    }

    [Fact]
    public void Clocks_are_registered()
    {
        Assert.Equal(MsrEffect.SystemTime, Write(MsrPolicy.SystemTime, 0x1001));
        Read(MsrPolicy.SystemTime, out ulong value);
        Assert.Equal(0x1001ul, value);
        Assert.Equal(0x1000ul, GuestClock.AddressIn(value));
        Assert.Equal(MsrEffect.None, Write(MsrPolicy.SystemTime, 0));
        Assert.Equal(MsrEffect.WallClock, Write(MsrPolicy.WallClock, 0x2000));
        _own.Reset();
        Read(MsrPolicy.WallClock, out value);
        Assert.Equal(0ul, value);
    }

    [Theory]
    [InlineData(0x500ul, 0x500ul, 0x8000_0000ul, true)]
    [InlineData(0xd01ul, 0x500ul, 0x8000_0000ul, true)]
    [InlineData(0x001ul, 0x500ul, 0x8000_0000ul, false)]
    [InlineData(0x100ul, 0x000ul, 0x8000_0000ul, false)]
    [InlineData(0x100ul, 0x000ul, 0x1ul, true)]
    [InlineData(0x1000ul, 0x0ul, 0x1ul, false)]
    [InlineData(0x2000ul, 0x0ul, 0x1ul, false)]
    [InlineData(1ul << 40, 0x0ul, 0x1ul, false)]
    public void EFER(ulong value, ulong current, ulong cr0, bool valid) => Assert.Equal(valid, EferPolicy.IsValid(value, current, cr0));
}
