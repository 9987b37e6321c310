namespace System.Runtime;

/// <summary>ILC roots these by name; board code casts no objects, so reaching one is a bug.</summary>
internal static unsafe class TypeCast
{
    public static object? CheckCastAny(void* type, object? value) => Refuse();
    public static object? CheckCastInterface(void* type, object? value) => Refuse();
    public static object? CheckCastClass(void* type, object? value) => Refuse();
    public static object? CheckCastClassSpecial(void* type, object? value) => Refuse();
    public static object? IsInstanceOfAny(void* type, object? value) => Refuse();
    public static object? IsInstanceOfInterface(void* type, object? value) => Refuse();
    public static object? IsInstanceOfClass(void* type, object? value) => Refuse();
    public static bool IsInstanceOfException(void* type, object? value) => Refuse() is not null;

    private static object? Refuse()
    {
        Bug.Stop(BugKind.InvalidCast);
        return null;
    }
}
