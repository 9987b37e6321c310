using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>A bundle as it is sent, sound or not.</summary>
internal sealed class SentBundle
{
    public readonly byte[] Bytes;
    public readonly UnitVersion[] Parts;
    public readonly BundleFlaw Flaw;

    public SentBundle(Appliance appliance, Dice dice, UnitVersion[] parts, BundleFlaw flaw)
    {
        Parts = parts;
        Flaw = flaw;
        BundleHeader header = new()
        {
            Magic = BundleHeader.ExpectedMagic,
            Version = BundleHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<BundleHeader>(),
            ApplianceName = appliance.Table.ApplianceName,
            BoardName = flaw == BundleFlaw.OtherBoard ? Appliance.Name("other") : appliance.Table.Board.Name,
            PartCount = (uint)parts.Length,
        };
        ulong next = BundleHeader.StoredSize;
        for (int i = 0; i < parts.Length; i++)
        {
            bool isGuest = parts[i].Unit >= UpdateUnit.FirstGuest;
            header.Part[i] = new()
            {
                Kind = isGuest ? BundlePartKind.Guest : parts[i].Unit == UpdateUnit.Table ? BundlePartKind.Table : BundlePartKind.Hypervisor,
                GuestName = isGuest ? appliance.Table.Guest[parts[i].Unit - UpdateUnit.FirstGuest].Name : default,
                Offset = next,
                Size = (ulong)parts[i].Stored.Length,
                Digest = MemoryMarshal.Read<Digest256>(SHA256.HashData(parts[i].Stored)),
            };
            next = (next + header.Part[i].Size + BundleHeader.PartAlignment - 1) / BundleHeader.PartAlignment * BundleHeader.PartAlignment;
        }
        ref BundlePart last = ref header.Part[parts.Length - 1];
        Bytes = new byte[last.Offset + last.Size];
        for (int i = 0; i < parts.Length; i++)
            parts[i].Stored.CopyTo(Bytes, (int)header.Part[i].Offset);
        byte[] bytes = MemoryMarshal.AsBytes(new Span<BundleHeader>(ref header)).ToArray();
        SHA256.HashData(bytes.AsSpan(SignedHeader.SignedFrom)).CopyTo(bytes, 16);
        if (appliance.IsSigned)
            SimulatedKeys.Sign(KeyFor(appliance), bytes.AsSpan(SignedHeader.SignedFrom)).CopyTo(Bytes, BundleHeader.SignatureOffset);
        if (flaw == BundleFlaw.HeaderFlipped)
            bytes[SignedHeader.SignedFrom + dice.Next(bytes.Length - SignedHeader.SignedFrom)] ^= (byte)(1 << dice.Next(8));
        bytes.CopyTo(Bytes, 0);
        if (flaw == BundleFlaw.PartFlipped)
        {
            int part = dice.Next(parts.Length);
            Bytes[(int)header.Part[part].Offset + dice.Next(parts[part].Stored.Length)] ^= (byte)(1 << dice.Next(8));
        }
        Name = Convert.ToHexStringLower(Bytes.AsSpan(16, 32));
    }

    /// <summary>What it is known by.</summary>
    public string Name { get; }

    /// <summary>A bit each.</summary>
    public uint Units => Parts.Aggregate(0u, (units, part) => units | 1u << part.Unit);

    /// <summary>Whether its part for a unit is good as far as it can be told before it is written.</summary>
    /// <param name="unit">See <see cref="UpdateUnit"/>.</param>
    /// <param name="index">The unit's rollback index.</param>
    public bool MayReach(int unit, ulong index) =>
        Flaw is BundleFlaw.None or BundleFlaw.PartFlipped or BundleFlaw.Downgrade && Parts.Any(part => part.Unit == unit && part.Rollback >= index);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"bundle {Name[..8]} ({Flaw}) of {Bytes.Length} bytes for units {Units:x}");

    private RSA KeyFor(Appliance appliance)
    {
        bool isOneGuest = Parts.Length == 1 && Parts[0].Unit >= UpdateUnit.FirstGuest;
        if (Flaw == BundleFlaw.WrongKey)
            return isOneGuest ? SimulatedKeys.Stranger : SimulatedKeys.Supplier;
        return isOneGuest ? appliance.KeyOf(Parts[0].Unit - UpdateUnit.FirstGuest) : SimulatedKeys.Root;
    }
}
