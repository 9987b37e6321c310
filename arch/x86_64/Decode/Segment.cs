namespace Bulkhead.X86.Decode;

/// <summary>Segment registers in the order of their encoding (SDM vol. 2 B.1.4.7).</summary>
public enum Segment : byte
{
    Es,
    Cs,
    Ss,
    Ds,
    Fs,
    Gs,
}
