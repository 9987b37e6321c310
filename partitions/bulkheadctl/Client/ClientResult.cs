namespace Bulkhead.ControlTool;

/// <summary>What became of a command; the program's exit code.</summary>
public enum ClientResult
{
    Ok = 0,
    /// <summary>The service said `error`.</summary>
    Refused = 1,
    /// <summary>No command of ours.</summary>
    Usage = 2,
    /// <summary>Nobody answers.</summary>
    NoAnswer = 3,
    /// <summary>The bundle cannot be read, or ends before its header says.</summary>
    BadBundle = 4,
}
