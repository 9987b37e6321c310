using System.Globalization;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Which routine of a board binary an address lies in.</summary>
public sealed class BoardSymbols
{
    private readonly List<(ulong Address, string Name)> _code = [];

    /// <param name="offset">Added to every address: where a binary runs before it has its own tables.</param>
    public BoardSymbols Add(string elf, ulong offset = 0)
    {
        foreach (string line in Tool.Run("llvm-nm", ["--defined-only", elf]).Split('\n'))
        {
            // "0000004000000120 T name"; $x and $d only say what is code.
            if (line.Split(' ') is [var address, "t" or "T", var name] && name[0] != '$')
                _code.Add((ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture) + offset, name));
        }
        // Of several names the one the compiler made of the C# one, which is the longest.
        _code.Sort((x, y) => x.Address != y.Address ? x.Address.CompareTo(y.Address) : x.Name.Length.CompareTo(y.Name.Length));
        return this;
    }

    public ulong AddressOf(string name) =>
        _code.Find(symbol => symbol.Name == name) is { Name: not null } found ? found.Address : throw new BuildException($"no symbol '{name}'");

    /// <summary>Every routine with what lies between it and the next.</summary>
    /// <param name="end">Of the last.</param>
    public IEnumerable<(string Name, ulong Size)> Sizes(ulong end)
    {
        for (int i = 0; i < _code.Count; i++)
            yield return (_code[i].Name, (i + 1 < _code.Count ? _code[i + 1].Address : end) - _code[i].Address);
    }

    /// <summary>The name of the routine that holds an address; empty when it lies before all.</summary>
    public string At(ulong address)
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
        return low == 0 ? "" : _code[low - 1].Name;
    }
}
