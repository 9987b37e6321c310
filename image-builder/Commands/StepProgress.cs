namespace Bulkhead.ImageBuilder.Commands;

/// <summary>One line per step of a build, on standard error.</summary>
public sealed class StepProgress : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine($"  {value}");
}
