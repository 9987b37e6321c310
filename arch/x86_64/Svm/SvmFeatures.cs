namespace Bulkhead.X86.Svm;

/// <summary>What this CPU's SVM has (CPUID 8000_000Ah, APM 3 E.4.9). All but nested paging is optional and not asked for: a next RIP of 0 says there is none.</summary>
internal readonly struct SvmFeatures(uint edx)
{
    public bool NestedPaging => (edx & 1u << 0) != 0;
}
