using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>Whether a part of a bundle is what its unit can run, by its first page and before anything is written.</summary>
public static class PartCheck
{
    /// <summary>What every part has at least: a header's page.</summary>
    public const int PageSize = PackageHeader.StoredSize;

    /// <param name="page">The part's first <see cref="PageSize"/> bytes.</param>
    /// <param name="slotSize">Of the slot it is for.</param>
    /// <param name="confirmed">The unit's confirmed rollback index.</param>
    /// <param name="rollback">The part's own.</param>
    public static ServiceError Check(
        ReadOnlySpan<byte> page, int unit, in BundlePart part, ulong slotSize, ulong confirmed, in ApplianceTable table, in RootDigests roots, out ulong rollback)
    {
        rollback = 0;
        ServiceError error = unit switch
        {
            UpdateUnit.Hypervisor => CheckHypervisor(page, in part, in roots, out rollback),
            UpdateUnit.Table => CheckTable(page, in part, in table, out rollback),
            _ => CheckPackage(page, slotSize, in table.Guest[unit - UpdateUnit.FirstGuest], in table.Board, out rollback),
        };
        return error == ServiceError.None && rollback < confirmed ? ServiceError.Downgrade : error;
    }

    private static ServiceError CheckPackage(ReadOnlySpan<byte> page, ulong slotSize, in GuestEntry guest, in BoardFacts board, out ulong rollback)
    {
        PackageHeader header = default;
        PackageError error = PackageReader.Read(page, slotSize, in guest, in board, 0, ref header);
        rollback = header.Rollback;
        return error switch
        {
            PackageError.None => ServiceError.None,
            PackageError.OtherChannels => ServiceError.OtherChannels,
            _ => ServiceError.BadPackage,
        };
    }

    private static ServiceError CheckHypervisor(ReadOnlySpan<byte> page, in BundlePart part, in RootDigests roots, out ulong rollback)
    {
        HypervisorHeader header = MemoryMarshal.Read<HypervisorHeader>(page);
        rollback = header.Rollback;
        if (SignedHeader.Check(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in header, 1)), HypervisorHeader.ExpectedMagic, HypervisorHeader.CurrentVersion)
            != HeaderFault.None)
            return ServiceError.BadPackage;
        if (roots.AreKnown && !MemoryMarshal.Read<RootSignature>(page.Slice(HypervisorHeader.SignatureOffset)).IsFor(in header.HeaderDigest, in roots))
            return ServiceError.BadPackage;
        return header.BinarySize == part.Size - HypervisorHeader.StoredSize ? ServiceError.None : ServiceError.BadPackage;
    }

    // Longer than a page: its digest and its signature are read at the boot that tries it; the root key signed the bundle.
    private static ServiceError CheckTable(ReadOnlySpan<byte> page, in BundlePart part, in ApplianceTable table, out ulong rollback)
    {
        TableBeginning beginning = MemoryMarshal.Read<TableBeginning>(page);
        rollback = beginning.Rollback;
        bool isOurs = beginning.Header.Magic == ApplianceTable.ExpectedMagic && beginning.Header.Version == ApplianceTable.CurrentVersion
            && beginning.Header.Size == (uint)Unsafe.SizeOf<ApplianceTable>() && part.Size == ApplianceTable.SignatureOffset + RootSignature.Size
            && NameRules.AreEqual(in beginning.ApplianceName, in table.ApplianceName) && NameRules.AreEqual(in beginning.Board.Name, in table.Board.Name);
        return isOurs ? ServiceError.None : ServiceError.BadPackage;
    }
}
