using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>Text and digests in the fixed forms that the hypervisor reads.</summary>
public static class Names
{
    public static FixedName Fixed(string name)
    {
        FixedName result = default;
        Encoding.ASCII.GetBytes(name, (Span<byte>)result);
        return result;
    }

    public static Digest256 Digest(ReadOnlySpan<byte> bytes)
    {
        Digest256 result = default;
        bytes.CopyTo(result);
        return result;
    }

    /// <summary>For people: what is no name's character becomes a question mark.</summary>
    public static string Text(in FixedName name) => Printable.Text(Encoding.ASCII.GetString(((ReadOnlySpan<byte>)name)[..name.Length]));
}
