namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What a tool is wanted for.</summary>
[Flags]
public enum Purpose
{
    Build = 1,
    /// <summary>To run arm64 boards.</summary>
    Run = 2,
    Test = 4,
    /// <summary>To run PCs in QEMU,</summary>
    RunPc = 8,
    /// <summary>and in Bochs.</summary>
    RunBochs = 16,
    All = Build | Run | Test | RunPc | RunBochs,
}
