namespace System.Runtime.InteropServices;

/// <summary>ILC looks this up by name while it lays out interface dispatch; nothing implements it.</summary>
internal interface IDynamicInterfaceCastable
{
    internal static nint GetDynamicInterfaceImplementation(object instance, nint interfaceType, ushort slot) => 0;
}
