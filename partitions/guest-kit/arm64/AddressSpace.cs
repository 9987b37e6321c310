using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The guest's own map (Start.S): whole GiBs, identity, beside the image's window.</summary>
internal static unsafe class AddressSpace
{
    public static void MapDevice(ulong address) => MapIdentity(address, true);

    public static void MapMemory(ulong address) => MapIdentity(address, false);

    /// <summary>What a device or the hypervisor must be given for one of our addresses.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "PhysicalOf")]
    public static extern ulong PhysicalOf(void* address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfImageEnd")]
    public static extern void* ImageEnd();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "JumpTo")]
    public static extern void JumpTo(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MapIdentity")]
    private static extern void MapIdentity(ulong address, bool device);
}
