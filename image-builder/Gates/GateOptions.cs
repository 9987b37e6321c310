namespace Bulkhead.BuildGates;

/// <summary>The command line.</summary>
public sealed class GateOptions
{
    public const string Usage =
        "usage: BuildGates ELF ILC-OBJECT --allow-undefined FILE --arch arm64|x64 [--allow-vector SYMBOL]... [--assembly-rules FILE] [--allow-writable-code]";

    public string Elf { get; private set; } = "";

    /// <summary>What ilc wrote, before linking.</summary>
    public string Object { get; private set; } = "";

    public string AllowUndefined { get; private set; } = "";

    public ElfMachine Machine { get; private set; }

    /// <summary>arm64: assembly symbols that touch vector registers on purpose.</summary>
    public HashSet<string> AllowVector { get; } = [];

    /// <summary>x64: the <see cref="BuildGates.AssemblyRules"/>; null: assembly may use any restricted instruction.</summary>
    public string? AssemblyRules { get; private set; }

    /// <summary>For guests, whose own tables say what is writable.</summary>
    public bool AllowWritableCode { get; private set; }

    public static GateOptions? Parse(IReadOnlyList<string> arguments, out string? problem)
    {
        GateOptions options = new();
        List<string> files = [];
        string arch = "";
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--allow-writable-code")
            {
                options.AllowWritableCode = true;
                continue;
            }
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                files.Add(argument);
                continue;
            }
            if (++i == arguments.Count)
            {
                problem = $"{argument} lacks its value";
                return null;
            }
            switch (argument)
            {
                case "--allow-undefined":
                    options.AllowUndefined = arguments[i];
                    break;
                case "--allow-vector":
                    options.AllowVector.Add(arguments[i]);
                    break;
                case "--assembly-rules":
                    options.AssemblyRules = arguments[i];
                    break;
                case "--arch":
                    arch = arguments[i];
                    break;
                default:
                    problem = $"unknown option {argument}";
                    return null;
            }
        }
        problem = files.Count != 2 ? "an ELF file and ilc's object are needed"
            : options.AllowUndefined.Length == 0 ? "--allow-undefined is needed"
            : arch is not ("arm64" or "x64") ? $"--arch '{arch}' is neither arm64 nor x64"
            : null;
        if (problem is not null)
            return null;
        options.Machine = arch == "x64" ? ElfMachine.X64 : ElfMachine.Arm64;
        options.Elf = files[0];
        options.Object = files[1];
        return options;
    }
}
