using System.Reflection;

namespace Bulkhead.CallCounts;

/// <summary>
/// What the compiler, which sees one method at a time, cannot know: a method with one caller is best inlined there, one with
/// several callers and a body larger than a call is best not. What says either itself stays as it is.
/// </summary>
public static class Inlining
{
    // In bytes of IL. The largest body that the compiler inlines on its own: beyond it a method exists once, whoever calls it.
    private const int LargestByItself = 100;

    // In bytes of IL: what is larger makes its caller one that the compiler has not the registers for.
    private const int LargestOfOneCaller = 250;

    // In bytes: an inlined method's locals take room as long as its caller runs, and stacks are small.
    private const int LargestFrame = 64;

    // In bytes of IL, and places: found by trying, on both architectures.
    private const int SmallestShared = 25;
    private const int FewestCallers = 3;

    /// <summary>AggressiveInlining, NoInlining, or neither.</summary>
    public static MethodImplAttributes Of(Method method)
    {
        if (method.IlSize == 0 || method.IsRoot || (method.Flags & (MethodImplAttributes.AggressiveInlining | MethodImplAttributes.NoInlining)) != 0)
            return default;
        if (IsForItsCaller(method))
            return MethodImplAttributes.AggressiveInlining;
        // A core library's are mostly bounds checks, which inlining decides.
        return method.Callers.Count >= FewestCallers && method.IlSize >= SmallestShared && !method.IsOfCoreLibrary
            ? MethodImplAttributes.NoInlining : default;
    }

    private static bool IsForItsCaller(Method method) =>
        method is { IsRoot: false, Callers: [var caller], IlSize: <= LargestOfOneCaller, FrameSize: <= LargestFrame }
        && !method.Flags.HasFlag(MethodImplAttributes.NoInlining) && ExistsOnce(caller);

    private static bool ExistsOnce(Method caller) =>
        // What assembly calls is an exit's beginning: its frame is not made larger.
        FrameOf(caller) is { IsRoot: false } frame
        && (frame.Flags.HasFlag(MethodImplAttributes.NoInlining) || frame.Callers.Count == 1
            || frame.IlSize > LargestByItself && !frame.Flags.HasFlag(MethodImplAttributes.AggressiveInlining));

    // Whose code the method's is in the end.
    private static Method FrameOf(Method method) =>
        method is { IsRoot: false, Callers: [var caller] } && !method.Flags.HasFlag(MethodImplAttributes.NoInlining)
        && (method.Flags.HasFlag(MethodImplAttributes.AggressiveInlining) || IsForItsCaller(method))
            ? FrameOf(caller) : method;
}
