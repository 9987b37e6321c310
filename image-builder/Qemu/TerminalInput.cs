using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// One thing that a console's bytes say: a character (LF, CR, BS and TAB among them), or with <paramref name="IsCommand"/>
/// a control sequence's final character and its parameters (ECMA-48, 5.4: CSI P..P F).
/// </summary>
public readonly record struct TerminalInput(bool IsCommand, Rune Value, string Parameters)
{
    public bool Is(char character) => !IsCommand && Value.Value == character;

    /// <summary>The only parameter as a number; the default where there is none, or none that is one.</summary>
    public int Count(int otherwise) => int.TryParse(Parameters, out int count) ? count : otherwise;
}
