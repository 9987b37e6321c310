using System.Runtime.CompilerServices;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>All guests, by their index in the appliance table.</summary>
internal static unsafe class Partitions
{
    private static Addresses _address;

    public static ref Partition Of(int guest) => ref Unsafe.AsRef<Partition>((void*)_address[guest]);

    public static void Place(int guest, ulong virtualAddress) => _address[guest] = virtualAddress;

    [InlineArray(ApplianceTable.MaxGuests)]
    private struct Addresses
    {
        private ulong _first;
    }
}
