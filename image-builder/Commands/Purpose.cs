namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What a tool is wanted for.</summary>
[Flags]
public enum Purpose
{
    Build = 1,
    Run = 2,
    Test = 4,
    All = Build | Run | Test,
}
