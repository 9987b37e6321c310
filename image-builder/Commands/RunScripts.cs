using System.CommandLine;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>--expect and --send as scripts of their guests. Their order matters, so the words are walked as they were typed.</summary>
public static class RunScripts
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(5);

    /// <returns>Null after saying what is wrong.</returns>
    public static IReadOnlyList<Script>? Read(ParseResult parsed, string expect, string send, IReadOnlyList<string> guests)
    {
        Dictionary<string, Script> scripts = [];
        string[] words = parsed.Tokens.Select(token => token.Value).ToArray();
        for (int i = 0; i + 1 < words.Length; i++)
        {
            if (words[i] != expect && words[i] != send)
                continue;
            string option = words[i++];
            try
            {
                Add(scripts, option == expect, words[i], guests);
            }
            catch (Exception error) when (error is FormatException or RegexParseException)
            {
                Console.Error.WriteLine($"{option} '{words[i]}': {error.Message}");
                return null;
            }
        }
        return [.. scripts.Values];
    }

    private static void Add(Dictionary<string, Script> scripts, bool expect, string pair, IReadOnlyList<string> guests)
    {
        string[] parts = pair.Split('=', 2);
        // The hypervisor says things, but has no keyboard.
        string[] known = expect ? [.. guests, ConsoleDemultiplexer.Hypervisor, ConsoleDemultiplexer.Nobody] : [.. guests];
        if (parts.Length != 2)
            throw new FormatException($"wants GUEST={(expect ? "REGEX" : "TEXT")}");
        if (!known.Contains(parts[0]))
            throw new FormatException($"there is no console `{parts[0]}`; {Nearest.DidYouMean(parts[0], known) ?? $"there are {string.Join(", ", known)}"}");
        if (!scripts.TryGetValue(parts[0], out Script? script))
            scripts[parts[0]] = script = new Script(parts[0]);
        if (expect)
            script.Expect(new Regex(parts[1], RegexOptions.CultureInvariant | RegexOptions.Multiline, LongestMatch));
        else
            script.Send(SendText.Parse(parts[1]));
    }
}
