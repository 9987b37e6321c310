using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>X0 to X3 after a call.</summary>
[InlineArray(4)]
internal struct HvcResults
{
    private ulong _x0;
}
