namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>How a run came to its end.</summary>
public enum RunEnd
{
    /// <summary>Every expectation was seen.</summary>
    Seen,
    /// <summary>Time ran out.</summary>
    TimedOut,
    /// <summary>The emulator ended by itself and was content.</summary>
    Off,
    /// <summary>The emulator ended with an error.</summary>
    Broken,
    /// <summary>Ctrl-T q.</summary>
    Quit,
    /// <summary>Ctrl-C, or asked to end by a signal.</summary>
    Interrupted,
}
