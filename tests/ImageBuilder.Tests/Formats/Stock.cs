using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Tests.Formats;

/// <summary>Stock tools, each on a file of its own.</summary>
internal static class Stock
{
    /// <summary>What the tool says of the bytes; FILE among its arguments is where they are.</summary>
    public static string Says(string tool, byte[] bytes, params string[] arguments) => OnFile(bytes, arguments, words => Tool.Run(Path(tool), words));

    /// <summary>The same, and what comes is what it warns of.</summary>
    public static string Complains(string tool, byte[] bytes, params string[] arguments) =>
        OnFile(bytes, arguments, words => Tool.Run("sh", ["-c", "\"$@\" 2>&1 >/dev/null", "sh", Path(tool), .. words]));

    public static byte[] Filter(string tool, ReadOnlySpan<byte> input, params string[] arguments) => Tool.Filter(Path(tool), arguments, input);

    private static string OnFile(byte[] bytes, string[] arguments, Func<IEnumerable<string>, string> run)
    {
        string file = System.IO.Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            return run(arguments.Select(argument => argument == "FILE" ? file : argument));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Path(string tool) => Prerequisites.Find(tool) ?? throw new InvalidOperationException($"{tool} is not installed: ./bulkhead doctor");
}
