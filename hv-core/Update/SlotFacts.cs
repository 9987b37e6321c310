using System;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>What the header in a slot says of its content. It is believed for showing only.</summary>
public struct SlotFacts
{
    /// <summary>There is a header of the unit's kind.</summary>
    public bool IsThere;
    public FixedName Version;
    public ulong Rollback;
    /// <summary>The header's.</summary>
    public Digest256 Digest;

    /// <summary>False when the flash refused.</summary>
    public static bool TryRead<TFlash>(ref TFlash flash, int unit, in ImageRange slot, ref SlotFacts facts)
        where TFlash : struct, IFlash
    {
        switch (unit)
        {
            case UpdateUnit.Hypervisor:
                HypervisorHeader hypervisor = default;
                bool isRead = TryRead(ref flash, in slot, ref hypervisor);
                facts.Set(hypervisor.Magic == HypervisorHeader.ExpectedMagic, in hypervisor.HypervisorVersion, hypervisor.Rollback, in hypervisor.HeaderDigest);
                return isRead;
            case UpdateUnit.Table:
                TableBeginning table = default;
                isRead = TryRead(ref flash, in slot, ref table);
                facts.Set(table.Header.Magic == ApplianceTable.ExpectedMagic, in table.ApplianceVersion, table.Rollback, in table.Header.Digest);
                return isRead;
            default:
                PackageHeader package = default;
                isRead = TryRead(ref flash, in slot, ref package);
                facts.Set(package.Magic == PackageHeader.ExpectedMagic, in package.GuestVersion, package.Rollback, in package.HeaderDigest);
                return isRead;
        }
    }

    private void Set(bool isThere, in FixedName version, ulong rollback, in Digest256 digest)
    {
        IsThere = isThere;
        Version = version;
        Rollback = rollback;
        Digest = digest;
    }

    private static bool TryRead<TFlash, T>(ref TFlash flash, in ImageRange slot, ref T header)
        where TFlash : struct, IFlash
        where T : struct =>
        flash.TryRead(slot.Offset, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1)));
}
