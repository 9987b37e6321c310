namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>The keys of one kind of mapping. <paramref name="Name"/> is also the name of its definition in the schema.</summary>
internal sealed record KeySet(string Name, string[] Required, string[] Optional)
{
    public IEnumerable<string> All => Required.Concat(Optional);
}
