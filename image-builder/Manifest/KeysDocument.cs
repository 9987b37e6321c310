using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>The root keys as the manifest names them; both null for `keys: none`.</summary>
internal sealed record KeysDocument
{
    public Located<string>? Root { get; init; }
    public Located<string>? NextRoot { get; init; }
}
