using System;
using Bulkhead.X86.Firmware;
using Xunit;

namespace Bulkhead.Tests.Firmware;

public class FrequencyMeasurementTests
{
    /// <summary>Time goes on with every read, now and then by a lot: an SMI.</summary>
    private struct Board(double counterHertz, double referenceHertz, uint mask, int seed) : ICounterPair
    {
        private readonly Random _random = new(seed);
        private double _now = seed * 1.2345;

        public ulong ReadCounter()
        {
            Pass(20e-9);
            return (ulong)(_now * counterHertz);
        }

        public uint ReadReference()
        {
            Pass(1e-6);
            uint value = (uint)((ulong)(_now * referenceHertz) & mask);
            Pass(1e-6);
            return value;
        }

        private void Pass(double seconds)
        {
            double smi = _random.Next(200) == 0 ? 300e-6 : 0;
            _now += seconds * (0.5 + _random.NextDouble()) + smi;
        }
    }

    [Theory]
    [InlineData(3_579_545, 0xff_ffff)]
    [InlineData(3_579_545, uint.MaxValue)]
    [InlineData(100_000_000, uint.MaxValue)]
    [InlineData(14_318_180, uint.MaxValue)]
    public void Finds_the_frequency_within_a_ten_thousandth(uint hertz, uint mask)
    {
        for (int seed = 1; seed < 200; seed += 6)
        {
            double frequency = 20e6 * seed;
            Board board = new(frequency, hertz, mask, seed);
            double found = FrequencyMeasurement.Measure(ref board, hertz, mask);
            Assert.InRange(found / frequency, 1 - 1e-4, 1 + 1e-4);
        }
    }

    [Fact]
    public void A_reference_that_stands_still_is_no_clock()
    {
        Board board = new(1e9, 0, uint.MaxValue, 1);
        Assert.Equal(0ul, FrequencyMeasurement.Measure(ref board, 3_579_545, 0xff_ffff));
    }
}
