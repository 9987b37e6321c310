using System;
using System.Linq;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

public class CfiFlashTests
{
    [Theory]
    [InlineData(5, true)]
    [InlineData(9, false)]
    [InlineData(11, true)]
    public void What_is_programmed_is_there_and_all_else_is_as_it_was(int bufferBits, bool hasLocks)
    {
        NorModel model = new(2, bufferBits, hasLocks);
        CfiFlash<NorModel.Window> flash = Open();
        Assert.Equal(2u << 20, flash.BankBytes);
        new Random(bufferBits).NextBytes(model.Bytes);
        byte[] expected = [.. model.Bytes];
        expected.AsSpan(2 * IFlash.EraseBlock, IFlash.EraseBlock).Fill(0xff);
        Assert.True(flash.TryErase(2 * IFlash.EraseBlock));
        Assert.Equal(expected, model.Bytes);

        Random random = new(7);
        for (int i = 0; i < 40; i++)
        {
            byte[] bytes = new byte[IFlash.ProgramUnit * random.Next(1, 9)];
            random.NextBytes(bytes);
            int at = 2 * IFlash.EraseBlock + IFlash.ProgramUnit * random.Next(IFlash.EraseBlock / IFlash.ProgramUnit - 8);
            Assert.True(flash.TryProgram((uint)at, bytes));
            // Over what was there already: bits are only cleared.
            for (int j = 0; j < bytes.Length; j++)
                expected[at + j] &= bytes[j];
            Assert.True(model.IsMemory);
        }
        Assert.Equal(expected, model.Bytes);
    }

    [Fact]
    public void What_fails_says_so_and_leaves_memory()
    {
        NorModel model = new(2, 9, true) { BadBlock = 3 * IFlash.EraseBlock };
        CfiFlash<NorModel.Window> flash = Open();
        byte[] before = [.. model.Bytes];
        Assert.False(flash.TryErase(3 * IFlash.EraseBlock));
        Assert.True(model.IsMemory);
        Assert.False(flash.TryProgram(3 * IFlash.EraseBlock, new byte[2048]));
        Assert.True(model.IsMemory);
        Assert.Equal(before, model.Bytes);
        // The next is not taken for the last.
        Assert.True(flash.TryErase(0));
        Assert.All(model.Bytes.Take(IFlash.EraseBlock), b => Assert.Equal(0xff, b));
    }

    [Theory]
    [InlineData(0x10, 'X')]
    [InlineData(0x13, 2)]
    [InlineData(0x27, 40)]
    [InlineData(0x2a, 0)]
    [InlineData(0x2c, 2)]
    [InlineData(0x30, 8)]
    [InlineData(0x30, 0)]
    public void Chips_that_are_others_are_not_written(int index, int value)
    {
        NorModel model = new(2, 9, true);
        model.SetQuery(index, (byte)value);
        CfiFlash<NorModel.Window> flash = new(new HostPhys(NorModel.Base));
        Assert.False(flash.TryQuery());
        Assert.True(model.IsMemory);
    }

    private static CfiFlash<NorModel.Window> Open()
    {
        CfiFlash<NorModel.Window> flash = new(new HostPhys(NorModel.Base));
        Assert.True(flash.TryQuery());
        return flash;
    }
}
