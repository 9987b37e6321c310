using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>New versions of an appliance's units, signed where the appliance is.</summary>
internal sealed class VersionMaker(Appliance appliance, Dice dice)
{
    private int _made;

    /// <param name="unit">See <see cref="UpdateUnit"/>.</param>
    /// <param name="rollback">Its rollback index.</param>
    /// <param name="isSmall">Few steps to send.</param>
    public UnitVersion Make(int unit, ulong rollback, bool isSmall)
    {
        _made++;
        return unit switch
        {
            UpdateUnit.Hypervisor => MakeHypervisor(rollback),
            UpdateUnit.Table => MakeTable(rollback),
            _ => MakePackage(unit - UpdateUnit.FirstGuest, rollback, isSmall),
        };
    }

    private FixedName Number => Appliance.Name(_made.ToString(CultureInfo.InvariantCulture));

    private UnitVersion MakeHypervisor(ulong rollback)
    {
        byte[] binary = Bytes(dice.Between(100, 3000)), stored = new byte[HypervisorHeader.StoredSize + binary.Length];
        HypervisorHeader header = new()
        {
            Magic = HypervisorHeader.ExpectedMagic,
            Version = HypervisorHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<HypervisorHeader>(),
            BinarySize = (ulong)binary.Length,
            Digest = MemoryMarshal.Read<Digest256>(SHA256.HashData(binary)),
            HypervisorVersion = Number,
            Rollback = rollback,
        };
        binary.CopyTo(stored, HypervisorHeader.StoredSize);
        Seal(MemoryMarshal.AsBytes(new Span<HypervisorHeader>(ref header)), stored);
        SignByRoot(stored, Unsafe.SizeOf<HypervisorHeader>(), HypervisorHeader.SignatureOffset);
        return new UnitVersion(UpdateUnit.Hypervisor, rollback, stored);
    }

    private UnitVersion MakeTable(ulong rollback)
    {
        ApplianceTable table = appliance.Table;
        table.ApplianceVersion = Number;
        table.Rollback = rollback;
        byte[] stored = new byte[ApplianceTable.SignatureOffset + RootSignature.Size];
        Seal(MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref table)), stored);
        SignByRoot(stored, Unsafe.SizeOf<ApplianceTable>(), ApplianceTable.SignatureOffset);
        return new UnitVersion(UpdateUnit.Table, rollback, stored);
    }

    private UnitVersion MakePackage(int index, ulong rollback, bool isSmall)
    {
        ref GuestEntry guest = ref appliance.Table.Guest[index];
        GuestContent content = new() { Temper = dice.Of(GuestTemper.Says, GuestTemper.Says, GuestTemper.Says, GuestTemper.IsSilent, GuestTemper.Crashes, GuestTemper.Hangs) };
        PackageHeader header = default;
        header.Magic = PackageHeader.ExpectedMagic;
        header.Version = PackageHeader.CurrentVersion;
        header.HeaderSize = (uint)Unsafe.SizeOf<PackageHeader>();
        header.GuestName = guest.Name;
        header.BoardName = appliance.Table.Board.Name;
        header.GuestVersion = Number;
        header.Rollback = rollback;
        header.EntryKind = appliance.Architecture == CpuArchitecture.Arm64 ? EntryKind.Arm64Image : EntryKind.Pvh;
        byte[] stored = new byte[PackageHeader.StoredSize];
        ref GuestMapping ram = ref guest.Mapping[0];
        byte[] kernel = Bytes(dice.Between(100, isSmall ? 3000 : 9000)), info = Bytes(dice.Between(256, isSmall ? 500 : 4000));
        // At the first byte or not; the boot information up to the last one or not.
        ulong load = ram.Guest.Value + (ulong)dice.Next(2) * 0x800;
        ulong tail = ram.Guest.Value + ram.Size - (ulong)info.Length / 8 * 8 - 8;
        Add(index, content, ref header, ref stored, SegmentKind.Kernel, load, kernel);
        Add(index, content, ref header, ref stored, SegmentKind.BootInfo, dice.Next(2) == 0 ? tail : tail & ~(Appliance.PageSize - 1) - 3 * Appliance.PageSize, info);
        if (!isSmall && guest.MappingCount > 1 && guest.Mapping[1].Kind == MappingKind.Ram)
            Add(index, content, ref header, ref stored, SegmentKind.Initrd, guest.Mapping[1].Guest.Value, Bytes((int)Math.Min(guest.Mapping[1].Size, 6000)));
        header.Entry = header.Segment[0].Load;
        content.Entry = header.Entry.Value;
        content.KernelAt = HostOf(index, load);
        content.KernelStart = kernel[..32];
        header.BootInfo = header.Segment[1].Load;
        header.RngSeed = header.BootInfo + 64;
        header.RngSeedSize = 32;
        header.KaslrSeed = header.BootInfo + 128;
        header.KaslrSeedSize = 8;
        content.Seeds.Add(new() { Base = new(HostOf(index, header.RngSeed.Value)), Size = header.RngSeedSize });
        content.Seeds.Add(new() { Base = new(HostOf(index, header.KaslrSeed.Value)), Size = header.KaslrSeedSize });
        Seal(MemoryMarshal.AsBytes(new Span<PackageHeader>(ref header)), stored);
        if (appliance.IsSigned)
            SimulatedKeys.Sign(appliance.KeyOf(index), stored.AsSpan(SignedHeader.SignedFrom, Unsafe.SizeOf<PackageHeader>() - SignedHeader.SignedFrom)).CopyTo(stored, PackageHeader.SignatureOffset);
        return new UnitVersion(UpdateUnit.FirstGuest + index, rollback, stored) { Content = content };
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        // Half of it repeats, so that packing has something to do.
        dice.Fill(bytes.AsSpan(0, count / 2));
        return bytes;
    }

    // The header's digest is all that a signature covers.
    private static void Seal(ReadOnlySpan<byte> header, Span<byte> stored)
    {
        header.CopyTo(stored);
        SHA256.HashData(header[SignedHeader.SignedFrom..]).CopyTo(stored[16..]);
    }

    private void SignByRoot(byte[] stored, int size, int offset)
    {
        if (!appliance.IsSigned)
            return;
        SimulatedKeys.Root.ExportParameters(false).Modulus!.CopyTo(stored, offset);
        SimulatedKeys.Sign(SimulatedKeys.Root, stored.AsSpan(SignedHeader.SignedFrom, size - SignedHeader.SignedFrom)).CopyTo(stored, offset + RsaNumber.Size);
    }

    private void Add(int index, GuestContent content, ref PackageHeader header, ref byte[] stored, SegmentKind kind, ulong load, byte[] plain)
    {
        bool gzip = dice.Next(2) == 0;
        byte[] bytes = gzip ? Pack(plain) : plain;
        int at = (stored.Length + 4095) / 4096 * 4096;
        Array.Resize(ref stored, at + bytes.Length);
        bytes.CopyTo(stored, at);
        ref PackageSegment segment = ref header.Segment[(int)header.SegmentCount++];
        segment.Load = new(load);
        segment.StoredOffset = (ulong)at;
        segment.StoredSize = (ulong)bytes.Length;
        segment.LoadedSize = (ulong)plain.Length;
        segment.Kind = kind;
        segment.Compression = gzip ? Compression.Gzip : Compression.None;
        SHA256.HashData(plain).CopyTo(MemoryMarshal.CreateSpan(ref segment.Digest[0], 32));
        header.StoredBytes += segment.StoredSize;
        header.LoadedBytes += segment.LoadedSize;
        for (int i = 0; i < plain.Length; i++)
        {
            ulong host = HostOf(index, load + (ulong)i);
            ulong page = host & ~(Appliance.PageSize - 1);
            if (!content.Fresh.TryGetValue(page, out byte[]? fresh))
                content.Fresh.Add(page, fresh = new byte[Appliance.PageSize]);
            fresh[host - page] = plain[i];
        }
    }

    private ulong HostOf(int index, ulong address)
    {
        ref GuestEntry guest = ref appliance.Table.Guest[index];
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            if (address - guest.Mapping[i].Guest.Value < guest.Mapping[i].Size)
                return guest.Mapping[i].Host.Value + (address - guest.Mapping[i].Guest.Value);
        }
        throw new InvalidOperationException("a sample that lies outside its guest");
    }

    private static byte[] Pack(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, true))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
