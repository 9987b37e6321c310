using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>Takes over a bundle's header, for one appliance.</summary>
public static class BundleReader
{
    /// <summary>Copies the header out of <paramref name="stored"/>, then checks the copy.</summary>
    /// <param name="stored">The bundle's first <see cref="BundleHeader.StoredSize"/> bytes or more.</param>
    /// <param name="root">The appliance's root key; all zero where nothing is signed.</param>
    /// <param name="units">The units it updates, a bit each.</param>
    public static BundleError Read(ReadOnlySpan<byte> stored, in ApplianceTable table, in RsaNumber root, ref BundleHeader header, out uint units)
    {
        units = 0;
        int size = Unsafe.SizeOf<BundleHeader>();
        if (stored.Length < BundleHeader.StoredSize)
            return BundleError.Truncated;
        Span<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1));
        stored.Slice(0, size).CopyTo(bytes);
        HeaderFault fault = SignedHeader.Check(bytes, BundleHeader.ExpectedMagic, BundleHeader.CurrentVersion);
        if (fault != HeaderFault.None)
            return BundleError.BadMagic + (fault - HeaderFault.BadMagic);
        if (!IsZero(stored.Slice(size, BundleHeader.SignatureOffset - size)))
            return BundleError.BadDigest;
        BundleError error = Check(in header, in table, out units);
        if (error != BundleError.None)
            return error;
        RsaNumber signature = MemoryMarshal.Read<RsaNumber>(stored.Slice(BundleHeader.SignatureOffset));
        return IsSigned(in table, in root, units, in header.HeaderDigest, in signature) ? BundleError.None : BundleError.BadSignature;
    }

    /// <summary>Everything but the header's own form and its signature.</summary>
    private static BundleError Check(in BundleHeader header, in ApplianceTable table, out uint units)
    {
        units = 0;
        if (!NameRules.AreEqual(in header.BoardName, in table.Board.Name))
            return BundleError.OtherBoard;
        if (!NameRules.AreEqual(in header.ApplianceName, in table.ApplianceName))
            return BundleError.OtherAppliance;
        if (header.PartCount - 1 >= UpdateUnit.Count || header.Reserved != 0)
            return BundleError.BadPartCount;
        ulong next = BundleHeader.StoredSize;
        for (int i = 0; i < (int)header.PartCount; i++)
        {
            ref readonly BundlePart part = ref header.Part[i];
            // One after the other, each from a new page: a bundle is taken in one pass.
            if (part.Kind is < BundlePartKind.Hypervisor or > BundlePartKind.Guest || part.Reserved != 0
                || part.Offset != next || part.Size == 0 || part.Size > int.MaxValue)
                return BundleError.BadPart;
            next += (part.Size + BundleHeader.PartAlignment - 1) & ~(ulong)(BundleHeader.PartAlignment - 1);
            int unit = UnitOf(in part, in table);
            if (unit < 0)
                return BundleError.UnknownGuest;
            if ((units >> unit & 1) != 0)
                return BundleError.PartTwice;
            units |= 1u << unit;
        }
        return BundleError.None;
    }

    /// <summary>The unit a part is for; -1 when it is a guest that the appliance does not have.</summary>
    public static int UnitOf(in BundlePart part, in ApplianceTable table)
    {
        if (part.Kind != BundlePartKind.Guest)
            return part.Kind == BundlePartKind.Hypervisor ? UpdateUnit.Hypervisor : UpdateUnit.Table;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            if (NameRules.AreEqual(in part.GuestName, in table.Guest[i].Name))
                return UpdateUnit.FirstGuest + i;
        }
        return -1;
    }

    private static bool IsSigned(in ApplianceTable table, in RsaNumber root, uint units, in Digest256 digest, in RsaNumber signature)
    {
        int guest = 0;
        while (guest < (int)table.GuestCount && units != 1u << (UpdateUnit.FirstGuest + guest))
            guest++;
        if (guest < (int)table.GuestCount && table.Guest[guest].IsSigned && RsaVerifier.Verify(in table.Guest[guest].Key, in digest, in signature))
            return true;
        // Development: nothing is signed at all.
        if (!RsaVerifier.IsModulus(in root))
            return guest < (int)table.GuestCount ? !table.Guest[guest].IsSigned : (table.Flags & ApplianceFlags.Production) == 0;
        return RsaVerifier.Verify(in root, in digest, in signature);
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes)
    {
        int i = 0;
        while (i < bytes.Length && bytes[i] == 0)
            i++;
        return i == bytes.Length;
    }
}
