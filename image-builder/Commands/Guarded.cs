namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Runs a command's body; a build's failure becomes its message and exit code.</summary>
public static class Guarded
{
    /// <param name="problem">The exit code of a command that builds nothing, for what it cannot use.</param>
    public static int Run(Func<int> body, int problem = ExitCode.Build)
    {
        try
        {
            return body();
        }
        catch (BuildException error)
        {
            Interruption.Pass();
            Console.Error.WriteLine($"error: {error.Message}");
            return problem;
        }
        catch (MissingToolException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCode.MissingTools;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Update.UpdateRefusedException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCode.Failed;
        }
    }
}
