using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>What a C# check finds wrong in board code is our own bug: the board stops with a report.</summary>
public static class Bug
{
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void IndexOutOfRange() => Stop(BugKind.IndexOutOfRange);

    /// <summary>Supplied by assembly: keeps the return address for the report and calls the image's own stop routine.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BugStop")]
    public static extern void Stop(BugKind kind);
}

public enum BugKind
{
    IndexOutOfRange = 1,
    DivideByZero = 2,
    Overflow = 3,
    NullReference = 4,
    InvalidCast = 5,
    FeatureRemoved = 6,
    Assertion = 7,
}
