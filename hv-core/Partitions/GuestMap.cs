using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>A guest's mappings, into its own tables and into those of the CPUs that serve it.</summary>
public static class GuestMap
{
    private const MapAttributes ReadWrite = MapAttributes.Read | MapAttributes.Write;

    /// <summary>All that the guest reaches, where it sees it.</summary>
    public static PageTableStatus Fill<TFormat, TOps>(in GuestEntry guest, ref PageTable<TFormat, TOps> tables)
        where TFormat : struct, IPageTableFormat
        where TOps : struct, IPageTableOps
    {
        for (int i = 0; i < guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            PageTableStatus status = tables.Map(mapping.Guest.Value, mapping.Host, mapping.Size,
                ReadWrite | (mapping.Kind == MappingKind.Ram ? MapAttributes.Execute : MapAttributes.Device));
            if (status != PageTableStatus.Ok)
                return status;
        }
        return PageTableStatus.Ok;
    }

    /// <summary>Its RAM, one to one, and its devices where the hypervisor resets them.</summary>
    public static PageTableStatus FillHost<TFormat, TOps>(in GuestEntry guest, ref PageTable<TFormat, TOps> tables)
        where TFormat : struct, IPageTableFormat
        where TOps : struct, IPageTableOps
    {
        for (int i = 0; i < guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            if (mapping.Kind != MappingKind.Ram && guest.ResetStepCount == 0)
                continue;
            PageTableStatus status = tables.Map(mapping.Host.Value, mapping.Host, mapping.Size,
                ReadWrite | (mapping.Kind == MappingKind.Ram ? MapAttributes.None : MapAttributes.Device));
            if (status != PageTableStatus.Ok)
                return status;
        }
        return PageTableStatus.Ok;
    }
}
