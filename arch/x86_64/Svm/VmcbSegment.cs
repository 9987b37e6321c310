using System.Runtime.InteropServices;

namespace Bulkhead.X86.Svm;

/// <summary>A segment register in the VMCB (APM 2, appendix B.2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VmcbSegment
{
    public ushort Selector;
    /// <summary>Bits 55:52 and 47:40 of a descriptor, side by side: G, D/B, L, AVL, P, DPL, S, type.</summary>
    public ushort Attributes;
    public uint Limit;
    public ulong Base;

    public VmcbSegment(ushort selector, ushort attributes, uint limit, ulong start)
    {
        Selector = selector;
        Attributes = attributes;
        Limit = limit;
        Base = start;
    }
}
