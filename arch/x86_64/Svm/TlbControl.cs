namespace Bulkhead.X86.Svm;

/// <summary>What VMRUN does to the TLB first (APM 2 15.16.2).</summary>
internal enum TlbControl : uint
{
    Nothing = 0,
    FlushAll = 1,
}
