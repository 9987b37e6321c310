using System;
using System.Runtime.InteropServices;

namespace Bulkhead.Partitions;

/// <summary>What a name is: it goes to the console in a tag, so it may not hold what ends one.</summary>
public static class NameRules
{
    /// <summary>The source of the hypervisor's own lines, which no guest may pass for.</summary>
    public static ReadOnlySpan<byte> Hypervisor => "bulkhead"u8;

    /// <summary>1 to 15 visible ASCII bytes without '|', padded with zeros.</summary>
    public static bool IsName(in FixedName name)
    {
        int length = name.Length;
        for (int i = 0; i < length; i++)
        {
            if (name[i] is <= (byte)' ' or > (byte)'~' or (byte)'|')
                return false;
        }
        for (int i = length; i < 16; i++)
        {
            if (name[i] != 0)
                return false;
        }
        return length > 0;
    }

    public static bool IsHypervisors(in FixedName name) => BytesOf(in name).SequenceEqual(Hypervisor);

    public static bool AreEqual(in FixedName left, in FixedName right) => BytesOf(in left).SequenceEqual(BytesOf(in right));

    /// <summary>The bytes before the padding. The name must outlive the span.</summary>
    public static ReadOnlySpan<byte> BytesOf(in FixedName name) => MemoryMarshal.CreateReadOnlySpan(in name[0], name.Length);
}
