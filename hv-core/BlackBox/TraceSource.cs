namespace Bulkhead.BlackBox;

/// <summary>Which CPU's words a box speaks: of exits, and of a guest's registers.</summary>
public enum TraceSource : uint
{
    Arm64 = 1,
    Svm = 2,
    Vmx = 3,
}
