namespace Bulkhead.Partitions;

/// <summary>What an appliance table may say of one architecture's boards and guests.</summary>
public interface ITableRules
{
    static abstract CpuArchitecture Architecture { get; }

    /// <summary>Bits of an address of the board that the hypervisor's own tables can map one to one.</summary>
    static abstract int HostBits { get; }

    static abstract bool IsCpuId(ulong id);

    /// <summary>Checks the devices the hypervisor keeps, and adds their addresses to what is the hypervisor's.</summary>
    internal static abstract TableError CheckBoard(in BoardFacts board, ref TableSpace space);

    /// <summary>Checks a guest's virtual devices, and adds their addresses to what is taken in the guest. The guests before it are sound.</summary>
    internal static abstract TableError CheckPlatform(in ApplianceTable table, int index, ref TableSpace space);

    /// <summary>An input of the I/O APIC can be active low; a GIC's are what they are.</summary>
    static abstract bool HasPolarity { get; }

    /// <summary>Whether a device of the board can have the interrupt; true only below <see cref="ApplianceTableReader.InterruptCount"/>.</summary>
    static abstract bool IsInterrupt(uint id);

    static abstract bool IsGuestInterrupt(in GuestEntry guest, uint id);

    static abstract uint UartInterrupt(in BoardFacts board);

    /// <summary>Whether one of the guest's virtual devices has the interrupt.</summary>
    static abstract bool IsVirtualInterrupt(in GuestEntry guest, uint id);
}
