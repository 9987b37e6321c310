namespace System.Runtime.CompilerServices;

/// <summary>Opaque: the board never looks inside a type's description.</summary>
internal struct MethodTable
{
    private nint _opaque;
}
