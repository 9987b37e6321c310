using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Bulkhead.ImageBuilder.Testing;

/// <summary>One test project under 'dotnet test', counted from its result file.</summary>
public static partial class TestRun
{
    /// <summary>Lines about files that are gone when the run is over.</summary>
    private static readonly string[] Noise = ["Results File:", "Attachments:", Path.GetTempPath()];

    /// <param name="filter">An expression of 'dotnet test'; empty selects all.</param>
    /// <param name="qemu">The version that runs in the tests use; null for this machine's.</param>
    /// <param name="measure">Measure coverage, if the project says how.</param>
    public static TestTally Run(string project, string filter, string? qemu, bool measure)
    {
        string results = Directory.CreateTempSubdirectory("bulkhead-results").FullName;
        try
        {
            List<string> words =
            [
                "test", project, "-c", "Release", "-m:1", "--nologo", "-v:q", "--results-directory", results,
                "--logger", "trx;LogFileName=results.trx", "--logger", "console;verbosity=minimal",
            ];
            if (filter.Length != 0)
                words.AddRange(["--filter", filter]);
            string settings = Path.Combine(project, "coverage.runsettings");
            if (measure && File.Exists(settings))
                words.AddRange(["--settings", settings, "--collect", "XPlat Code Coverage"]);
            ProcessStartInfo start = new("dotnet", words) { RedirectStandardOutput = true };
            if (qemu is not null)
                start.Environment["BULKHEAD_QEMU"] = qemu;
            using Process process = Process.Start(start)!;
            using IDisposable end = Interruption.Undo(() => process.Kill(true));
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.Length != 0 && !Noise.Any(words => line.TrimStart().StartsWith(words, StringComparison.Ordinal)))
                    Console.WriteLine(line);
            }
            process.WaitForExit();
            TestTally tally = Count(Path.GetFileName(project), Path.Combine(results, "results.trx"), process.ExitCode);
            string? report = Directory.GetFiles(results, "coverage.cobertura.xml", SearchOption.AllDirectories).FirstOrDefault();
            return report is null ? tally : tally with { Coverage = LineCoverage.Read(report) };
        }
        finally
        {
            Directory.Delete(results, true);
        }
    }

    /// <summary>A project that does not build, or whose host died, has failed, whatever it counted.</summary>
    public static TestTally Count(string project, string file, int exit)
    {
        List<string> failing = [];
        Dictionary<string, long> survived = [];
        int passed = 0;
        try
        {
            foreach (XElement result in File.Exists(file) ? XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "UnitTestResult") : [])
            {
                switch (result.Attribute("outcome")?.Value)
                {
                    case "Passed":
                        passed++;
                        foreach (Match line in Survived().Matches(result.Value))
                            survived[line.Groups[2].Value] = survived.GetValueOrDefault(line.Groups[2].Value) + long.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
                        break;
                    case "NotExecuted":
                        break;
                    default:
                        failing.Add(result.Attribute("testName")?.Value ?? "?");
                        break;
                }
            }
        }
        catch (XmlException)
        {
            failing.Add($"{project}: its result file is damaged");
        }
        if (exit != 0 && failing.Count == 0)
            failing.Add($"{project}: did not build, or its test host died");
        return new TestTally(passed, failing, survived);
    }

    // A line of a test's output.
    [GeneratedRegex(@": (\d+) ([a-z ]+) survived")]
    private static partial Regex Survived();
}
