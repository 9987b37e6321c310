namespace Bulkhead.ImageBuilder.Layout;

/// <summary>The board build's outputs: flat binaries, and where a guest built by this project lies.</summary>
public sealed record BuildInputs(string FirstStage, string Hypervisor, Func<string, string> GuestProject);
