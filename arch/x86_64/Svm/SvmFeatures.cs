namespace Bulkhead.X86.Svm;

/// <summary>What this CPU's SVM has (CPUID 8000_000Ah, APM 3 E.4.9). All but nested paging is optional.</summary>
internal readonly struct SvmFeatures(uint edx)
{
    public bool NestedPaging => (edx & 1u << 0) != 0;
    public bool NextRip => (edx & 1u << 3) != 0;
    public bool FlushByAsid => (edx & 1u << 6) != 0;
    public bool DecodeAssists => (edx & 1u << 7) != 0;
    public bool VirtualGif => (edx & 1u << 16) != 0;
}
