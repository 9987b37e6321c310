using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The guest's own map (Start.S): the first 4 GiB, identity.</summary>
internal static unsafe class AddressSpace
{
    /// <summary>What a device or the hypervisor must be given for one of our addresses.</summary>
    public static ulong PhysicalOf(void* address) => (ulong)address;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfImageEnd")]
    public static extern void* ImageEnd();
}
