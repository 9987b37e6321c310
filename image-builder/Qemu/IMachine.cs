namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A board that an emulator makes on this machine; what a run needs to know of it, whichever emulator that is.</summary>
public interface IMachine
{
    /// <summary>The command that starts it, for a person to read or repeat.</summary>
    IReadOnlyList<string> Command { get; }

    /// <exception cref="MissingToolException">The emulator is not here, or cannot be started.</exception>
    RunningMachine Start();
}
