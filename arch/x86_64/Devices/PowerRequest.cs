namespace Bulkhead.X86.Devices;

/// <summary>What a guest asks of its platform's power.</summary>
public enum PowerRequest
{
    None,
    Off,
    Reset,
}
