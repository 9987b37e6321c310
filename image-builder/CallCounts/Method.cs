using System.Reflection;

namespace Bulkhead.CallCounts;

/// <summary>A method of the program.</summary>
/// <param name="name">Its own name, without its type and without the interface's that it may carry.</param>
/// <param name="flagsOffset">Where its assembly's file holds <see cref="Flags"/>, two bytes.</param>
public sealed class Method(string name, MethodImplAttributes flags, int flagsOffset)
{
    public string Name => name;

    public MethodImplAttributes Flags => flags;

    public int FlagsOffset => flagsOffset;

    /// <summary>In bytes; 0 without a body.</summary>
    public int IlSize { get; init; }

    /// <summary>Of its locals, in bytes.</summary>
    public int FrameSize { get; init; }

    /// <summary>Whether somebody calls it who is not C#: assembly, or the compiler.</summary>
    public bool IsRoot { get; init; }

    public bool IsOfCoreLibrary { get; init; }

    /// <summary>Whether calls of an interface's method may reach it.</summary>
    public bool IsImplementation { get; init; }

    /// <summary>What its body names, once for each time; what is called by way of an interface as <see cref="CallGraph"/> has it.</summary>
    public List<Method> Calls { get; } = [];

    /// <summary>Of how many places in what is reached.</summary>
    public List<Method> Callers { get; } = [];
}
