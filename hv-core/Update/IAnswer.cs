using Bulkhead.Diagnostics;

namespace Bulkhead.Update;

/// <summary>Where the lines go that the update service says to whoever asked.</summary>
public interface IAnswer
{
    void Say(ref LogLine line);
}
