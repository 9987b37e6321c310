namespace Bulkhead.ImageBuilder.Signing;

/// <summary>For keys whose private part is elsewhere.</summary>
/// <param name="TbsFolder">Where NAME.tbs is left for whoever can sign; null to leave nothing.</param>
/// <param name="Signatures">Files of one signature each, or folders of NAME.sig.</param>
public sealed record ExternalSigning(string? TbsFolder, IReadOnlyList<string> Signatures)
{
    public static ExternalSigning None { get; } = new(null, []);
}
