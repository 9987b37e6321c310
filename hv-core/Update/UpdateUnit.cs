using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>What has two slots and is updated by itself: the hypervisor, the appliance table, each guest in the table's order.</summary>
public static class UpdateUnit
{
    public const int Hypervisor = 0;
    public const int Table = 1;
    public const int FirstGuest = 2;
    /// <summary>Hypervisor and table, a bit each: they change by a reset.</summary>
    public const uint OfBoard = 1u << Hypervisor | 1u << Table;
    public const int Count = FirstGuest + ApplianceTable.MaxGuests;
}
