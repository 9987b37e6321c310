namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What every command ends with; scripts may rely on it.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Manifest = 3;
    public const int MissingTools = 4;
    public const int Build = 5;
    public const int Expectation = 6;
    public const int Interrupted = Interruption.ExitCode;
}
