using System;
using System.Linq;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

public class CfiBanksTests
{
    private const ulong BankBytes = 1 << 20;

    private readonly NorModel _second;
    private readonly NorModel _first;
    private CfiBanks<NorModel.Window> _banks = new(new HostPhys(NorModel.Base), 2 * BankBytes);

    public CfiBanksTests()
    {
        _second = new(1, 9, true);
        _first = new(1, 9, true) { Next = _second };
    }

    [Fact]
    public void Each_offset_is_written_in_its_own_bank()
    {
        byte[] bytes = [.. Enumerable.Range(0, IFlash.ProgramUnit).Select(i => (byte)i)];
        ulong[] offsets = [BankBytes, 0, BankBytes + IFlash.EraseBlock, 2 * BankBytes - IFlash.EraseBlock, BankBytes - IFlash.EraseBlock];
        foreach (ulong offset in offsets)
        {
            Assert.True(_banks.TryErase(offset));
            Assert.True(_banks.TryProgram(offset, bytes));
        }
        byte[] all = [.. _first.Bytes, .. _second.Bytes];
        byte[] expected = new byte[all.Length];
        foreach (ulong offset in offsets)
        {
            expected.AsSpan((int)offset, IFlash.EraseBlock).Fill(0xff);
            bytes.CopyTo(expected, (int)offset);
        }
        Assert.Equal(expected, all);
        Assert.True(_first.IsMemory && _second.IsMemory);
    }

    [Theory]
    [InlineData(2 * BankBytes, IFlash.ProgramUnit)]
    [InlineData(2 * BankBytes - IFlash.ProgramUnit, 2 * IFlash.ProgramUnit)]
    [InlineData(BankBytes - IFlash.ProgramUnit, 2 * IFlash.ProgramUnit)]
    [InlineData(ulong.MaxValue - 1, IFlash.ProgramUnit)]
    public void Nothing_is_written_beyond_a_bank(ulong offset, int bytes)
    {
        Assert.False(_banks.TryProgram(offset, new byte[bytes]));
        Assert.False(_banks.TryErase(2 * BankBytes));
        Assert.Equal(0, _first.Programs + _second.Programs + _first.Erases + _second.Erases);
    }

    [Fact]
    public void Chips_that_do_not_answer_are_asked_again_and_never_written()
    {
        _second.SetQuery(0x10, (byte)'X');
        Assert.True(_banks.TryErase(0));
        Assert.False(_banks.TryErase(BankBytes));
        Assert.False(_banks.TryProgram(BankBytes, new byte[IFlash.ProgramUnit]));
        Assert.Equal(0, _second.Erases + _second.Programs);
        Assert.True(_banks.TryErase(0));
        Assert.Equal(2 * IFlash.EraseBlock / (128 * 1024), _first.Erases);
    }
}
