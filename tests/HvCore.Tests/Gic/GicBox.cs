using Bulkhead.Arm64.Gic;

namespace Bulkhead.Tests.Gic;

/// <summary>The guest's GIC where lambdas can reach it.</summary>
internal sealed class GicBox
{
    public VirtualGic State;
}
