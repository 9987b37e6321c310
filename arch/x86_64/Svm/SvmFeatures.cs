namespace Bulkhead.X86.Svm;

/// <summary>What this CPU's SVM has (CPUID 8000_000Ah, APM 3 E.4.9). All but nested paging is optional and not asked for: a next RIP of 0 says there is none.</summary>
internal readonly struct SvmFeatures(uint edx)
{
    public bool NestedPaging => (edx & 1u << 0) != 0;

    /// <summary>
    /// What V_IRQ asks for is delivered whenever the guest can take it. Every AMD CPU does so (APM 2 15.21.4); Bochs 2.7
    /// and 3.0 not before the guest has changed its IF, and never to one that was entered with IF set and halts. They
    /// have no virtual GIF, which AMD's have since 2017; an older one may as well be served by <see cref="SvmInjection"/>.
    /// </summary>
    public bool DeliversByItself => (edx & 1u << 16) != 0;
}
