using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder;

/// <summary>The routines of board binaries by address: from ELF files, or from the map that a build leaves beside its image.</summary>
public sealed class Routines
{
    private readonly List<(ulong Address, string Name)> _code = [];

    /// <summary>Those of a binary.</summary>
    /// <param name="offset">Added to every address: where a binary runs before it has its own tables.</param>
    public Routines Add(string elf, ulong offset = 0)
    {
        foreach (string line in Tool.Run("llvm-nm", ["--defined-only", elf]).Split('\n'))
        {
            // "0000004000000120 T name"; $x and $d only say what is code.
            if (line.Split(' ') is [var address, "t" or "T", { Length: > 0 } name] && name[0] != '$')
                _code.Add((Number(address)!.Value + offset, name));
        }
        Sort();
        return this;
    }

    /// <summary>Those of a map: <see cref="Lines"/>. What is no such line is skipped.</summary>
    public static Routines Parse(IEnumerable<string> lines)
    {
        Routines routines = new();
        foreach (string line in lines)
        {
            if (line.Split(' ', 2) is [var address, var name] && Number(address) is { } value)
                routines._code.Add((value, name));
        }
        routines.Sort();
        return routines;
    }

    /// <summary>"address name", the address in hexadecimal; one for each address.</summary>
    public IEnumerable<string> Lines => _code.GroupBy(routine => routine.Address).Select(same => $"{same.Key:x16} {same.Last().Name}");

    public ulong AddressOf(string name) =>
        _code.Find(routine => routine.Name == name) is { Name: not null } found ? found.Address : throw new BuildException($"no symbol '{name}'");

    /// <param name="pattern">A regular expression that one routine's name matches.</param>
    public ulong AddressLike(string pattern) =>
        _code.Find(routine => Regex.IsMatch(routine.Name, pattern)) is { Name: not null } found ? found.Address : throw new BuildException($"no symbol like '{pattern}'");

    /// <summary>Every routine with what lies between it and the next.</summary>
    /// <param name="end">Of the last.</param>
    public IEnumerable<(string Name, ulong Size)> Sizes(ulong end)
    {
        for (int i = 0; i < _code.Count; i++)
            yield return (_code[i].Name, (i + 1 < _code.Count ? _code[i + 1].Address : end) - _code[i].Address);
    }

    /// <summary>The routine that holds an address, and how far into it that lies; null when it lies before all.</summary>
    public (string Name, ulong Offset)? At(ulong address)
    {
        int low = 0, high = _code.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_code[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : (_code[low - 1].Name, address - _code[low - 1].Address);
    }

    // Of several names the one the compiler made of the C# one, which is the longest, comes last.
    private void Sort() =>
        _code.Sort((x, y) => x.Address != y.Address ? x.Address.CompareTo(y.Address) : x.Name.Length.CompareTo(y.Name.Length));

    private static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
