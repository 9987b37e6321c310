using Bulkhead.BuildGates;

GateOptions? options = GateOptions.Parse(args, out string? problem);
if (options is null)
{
    Console.Error.WriteLine($"BuildGates : error BHG000: {problem}; {GateOptions.Usage}");
    return 2;
}
try
{
    IReadOnlyList<Finding> findings = Gates.Run(options);
    foreach (Finding finding in findings)
        Console.Error.WriteLine(finding);
    return findings.Count == 0 ? 0 : 1;
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BadElfException)
{
    Console.Error.WriteLine($"BuildGates : error BHG000: {failure.Message}");
    return 2;
}
