namespace Bulkhead.ImageBuilder.Diagnostics;

public enum Severity
{
    /// <summary>Worth knowing; nothing has to change.</summary>
    Note,
    /// <summary>The image can be built, but something will not work as one may expect.</summary>
    Warning,
    /// <summary>No image is built.</summary>
    Error,
}
