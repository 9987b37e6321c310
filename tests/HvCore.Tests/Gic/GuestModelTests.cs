using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Gic;

public sealed class GuestModelTests
{
    // Halves, then single steps: enough to read a failure.
    private static IEnumerable<int[]> Shrink(int[] steps)
    {
        for (int size = steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = 0; start + size <= steps.Length; start += size)
                yield return [.. steps[..start], .. steps[(start + size)..]];
        }
    }

    private static Arbitrary<int[]> Steps =>
        Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), Shrink);

    [Theory]
    [InlineData(1, 4, false)]
    [InlineData(2, 4, false)]
    [InlineData(2, 4, true)]
    [InlineData(3, 2, false)]
    [InlineData(3, 2, true)]
    [InlineData(2, 16, true)]
    public void NothingIsLostDoubledOrOutOfOrder(int vcpus, int listRegisters, bool eoiMode)
    {
        Property property = Prop.ForAll(Steps, steps =>
        {
            var guest = new GuestModel(vcpus, listRegisters, eoiMode);
            foreach (int step in steps)
                guest.Do(step);
            guest.Finish();
            return (guest.Failure == null).Label($"{guest.Failure}: {string.Join("; ", guest.Trace)}");
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150).WithStartSize(20).WithEndSize(300), property);
    }
}
