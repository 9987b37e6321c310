using System;
using System.Runtime.InteropServices;
using Bulkhead.Update;

namespace Bulkhead.Boot;

/// <summary>What a first stage checks of a hypervisor before it takes its binary.</summary>
public static class HypervisorReader
{
    /// <param name="stored">The slot's first <see cref="HypervisorHeader.StoredSize"/> bytes.</param>
    /// <param name="slot">Bytes of the whole slot.</param>
    /// <param name="room">For the binary, in bytes.</param>
    /// <param name="rollback">The index that has been confirmed.</param>
    /// <param name="roots">None known: nothing is signed.</param>
    /// <param name="header">A copy, which was checked.</param>
    public static HypervisorFault Check(ReadOnlySpan<byte> stored, ulong slot, ulong room, ulong rollback, in RootDigests roots, out HypervisorHeader header)
    {
        header = MemoryMarshal.Read<HypervisorHeader>(stored);
        ReadOnlySpan<byte> copy = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in header, 1));
        HeaderFault fault = SignedHeader.Check(copy, HypervisorHeader.ExpectedMagic, HypervisorHeader.CurrentVersion);
        if (fault != HeaderFault.None)
            return fault == HeaderFault.BadDigest ? HypervisorFault.BadDigest : HypervisorFault.Missing;
        if (roots.AreKnown && !MemoryMarshal.Read<RootSignature>(stored.Slice(HypervisorHeader.SignatureOffset)).IsFor(in header.HeaderDigest, in roots))
            return HypervisorFault.BadSignature;
        if (header.Rollback < rollback)
            return HypervisorFault.Downgrade;
        return header.BinarySize > slot - HypervisorHeader.StoredSize || header.BinarySize > room || header.BinarySize > int.MaxValue
            ? HypervisorFault.BadSize : HypervisorFault.None;
    }
}
