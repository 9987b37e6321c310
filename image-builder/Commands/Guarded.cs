namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Runs a command's body; a build's failure becomes its message and exit code.</summary>
public static class Guarded
{
    public static int Run(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (BuildException error)
        {
            Interruption.Pass();
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCode.Build;
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
