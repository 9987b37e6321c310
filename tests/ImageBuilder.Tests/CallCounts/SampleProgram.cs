using System.Runtime.CompilerServices;

namespace Bulkhead.ImageBuilder.Tests.CallCounts;

/// <summary>Never run: a program that calls in every way that makes a difference to what is inlined.</summary>
internal static class SampleProgram
{
    [RuntimeExport]
    public static int SampleRoot() => CalledOnceByTheRoot(3) + Body();

    // Out of line: exits begin in roots, and their frames are not made larger.
    public static int CalledOnceByTheRoot(int number) => number + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int Body() =>
        CalledOnce() + LargeAndCalledThrice(1) + LargeAndCalledThrice(2) + LargeAndCalledThrice(3) + CalledTwice() + CalledTwice() + Small() + Small() + CalledOnceButKeptOut() + CalledOnceWithManyLocals()
        + CalledOnceBesideWhatNobodyReaches() + GenericCalledOnce<Sample>(default) + CalledByAddress(&WhoseAddressIsTaken);

    public static int CalledOnce() => CalledOnceByAnInlinedOne();

    public static int CalledOnceByAnInlinedOne() => 1;

    public static int CalledTwice() => 2;

    public static int LargeAndCalledThrice(int number) =>
        number * number * 3 + number * number * 5 + number * number * 7 + number * 1000 + 10000;

    public static int CalledOnceByASmallOneOfSeveralCallers() => 3;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int CalledOnceButKeptOut() => 4;

    public static int CalledOnceWithManyLocals()
    {
        Large large = default;
        return large[CalledTwice()];
    }

    public static int CalledOnceBesideWhatNobodyReaches() => 5;

    public static int WhatNobodyReaches() => CalledOnceBesideWhatNobodyReaches() + WhatNobodyElseReaches();

    public static int WhoseAddressIsTaken() => 6;

    public static int GenericCalledOnce<T>(T sample) where T : struct, ISample =>
        T.ImplementedCalledOnce() + sample.CalledOnceAndByWayOfAnInterface() + default(Sample).CalledOnceAndByWayOfAnInterface();

    private static int WhatNobodyElseReaches() => 7;

    private static int Small() => CalledOnceByASmallOneOfSeveralCallers();

    private static unsafe int CalledByAddress(delegate*<int> method) => method();

    [InlineArray(256)]
    private struct Large
    {
        private byte _first;
    }

    private readonly struct Sample : ISample
    {
        public static int ImplementedCalledOnce() => 8;

        public int CalledOnceAndByWayOfAnInterface() => 9;
    }
}
