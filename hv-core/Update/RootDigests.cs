using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>SHA-256 of the moduli of the root keys that a board trusts: the one in use, and one to change to. All zero where there is none.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RootDigests
{
    public Digest256 First;
    public Digest256 Second;

    /// <summary>False for development with `keys: none`: then nothing is verified.</summary>
    public readonly bool AreKnown
    {
        get
        {
            Digest256 none = default;
            return !Sha256.AreEqual(in First, in none);
        }
    }
}
