namespace Internal.Runtime.CompilerHelpers;

/// <summary>ILC calls these by name where code would throw; on the board they stop it.</summary>
internal static class ThrowHelpers
{
    private static void ThrowIndexOutOfRangeException() => System.Bug.Stop(System.BugKind.IndexOutOfRange);
    private static void ThrowDivideByZeroException() => System.Bug.Stop(System.BugKind.DivideByZero);
    private static void ThrowOverflowException() => System.Bug.Stop(System.BugKind.Overflow);
    private static void ThrowNullReferenceException() => System.Bug.Stop(System.BugKind.NullReference);
    private static void ThrowFeatureBodyRemoved() => System.Bug.Stop(System.BugKind.FeatureRemoved);
    private static void ThrowInvalidProgramException() => System.Bug.Stop(System.BugKind.FeatureRemoved);
    private static void ThrowArgumentException() => System.Bug.Stop(System.BugKind.Assertion);
    private static void ThrowArgumentOutOfRangeException() => System.Bug.Stop(System.BugKind.Assertion);
}

internal static class StartupCodeHelpers;

internal static class LdTokenHelpers
{
    private static System.RuntimeTypeHandle GetRuntimeTypeHandle(nint methodTable) => default;
    private static System.RuntimeMethodHandle GetRuntimeMethodHandle(nint handle) => default;
    private static System.RuntimeFieldHandle GetRuntimeFieldHandle(nint handle) => default;
}
