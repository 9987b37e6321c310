using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// One bundle on its way into the slots that do not run: taken in pieces of any length, read back, then activated. Every
/// call does a bounded amount of work. Whatever is refused, the slots that run and what is remembered of them stay.
/// </summary>
/// <remarks>
/// Header first: nothing is written before the bundle's header, and of each part its own, are known to be good. A slot is
/// bad from before its first byte is written until all of the bundle was read back.
/// </remarks>
public struct UpdateSession
{
    /// <summary>Of what was written, in bytes: what one <see cref="Verify"/> reads back at most.</summary>
    public const int VerifyStep = IFlash.EraseBlock;

    // Bytes taken, then bytes read back; both count the bundle's.
    private ulong _done;
    private ulong _length;
    private int _part;
    private uint _units;
    private bool _isNamed;
    private Digest256 _name;
    private BundleHeader _header;
    // Of each part, its unit; of each unit, the index of its part.
    private PartUnits _unit;
    private Rollbacks _rollback;
    private Page _page;
    private SlotWriter _writer;
    private Sha256Stream _hash;

    [InlineArray(UpdateUnit.Count)]
    private struct PartUnits
    {
        private byte _first;
    }

    [InlineArray(UpdateUnit.Count)]
    private struct Rollbacks
    {
        private ulong _first;
    }

    // The bundle's header, then each part's, then what is read back. Headers are read where they lie.
    [InlineArray(BundleHeader.StoredSize / sizeof(ulong))]
    private struct Page
    {
        private ulong _first;
    }

    public BundleStage Stage { readonly get; private set; }

    /// <summary>While it is received: the offset of the byte that comes next. Once it is verified: how much was read back.</summary>
    public readonly ulong Done => _done;

    /// <summary>Of the bundle, in bytes.</summary>
    public readonly ulong Length => _length;

    /// <summary>Its header's digest, where that is known; else zero.</summary>
    public readonly Digest256 Name => _name;

    /// <summary>The unit that the last refusal is about; -1 if it is about all.</summary>
    public int RefusedUnit { readonly get; private set; }

    public void Forget()
    {
        Stage = BundleStage.None;
        _done = 0;
        _length = 0;
        _isNamed = false;
        _name = default;
    }

    /// <summary>Goes on with the bundle that is being received if it is this one, or begins anew.</summary>
    /// <param name="name">Its header's digest; without one it begins anew.</param>
    /// <param name="next">The offset of the byte that is to come.</param>
    /// <remarks>Out of line: `bench --channels` counts from here.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ServiceError Begin(ulong length, in Digest256 name, bool isNamed, out ulong next)
    {
        RefusedUnit = -1;
        next = 0;
        if (Stage != BundleStage.None && isNamed && _isNamed && length == _length && Sha256.AreEqual(in name, in _name))
        {
            next = Stage == BundleStage.Receiving ? _done : _length;
            return ServiceError.None;
        }
        if (length < BundleHeader.StoredSize + PartCheck.PageSize || length > int.MaxValue)
            return ServiceError.BadBundle;
        Forget();
        Stage = BundleStage.Receiving;
        _length = length;
        _isNamed = isNamed;
        _name = isNamed ? name : default;
        return ServiceError.None;
    }

    /// <summary>Whether bytes from an offset on are the next ones, and not more than there are to be.</summary>
    public ServiceError CanTake(ulong offset, int count)
    {
        RefusedUnit = -1;
        if (Stage == BundleStage.None)
            return ServiceError.NoBundle;
        if (offset != (Stage == BundleStage.Receiving ? _done : _length))
            return ServiceError.OutOfOrder;
        return count <= 0 || (ulong)(uint)count > _length - offset ? ServiceError.BadData : ServiceError.None;
    }

    /// <summary>Takes the next bytes of the bundle.</summary>
    /// <param name="offset">Of the first of them; none are taken if it is not the one that is to come.</param>
    public ServiceError Take<TFlash>(ulong offset, ReadOnlySpan<byte> bytes, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots)
        where TFlash : struct, IFlash
    {
        ServiceError refusal = CanTake(offset, bytes.Length);
        if (refusal != ServiceError.None)
            return refusal;
        while (bytes.Length != 0)
        {
            ulong before = _done;
            ServiceError error = TakeSome(bytes, ref store, in table, in roots);
            if (error != ServiceError.None)
            {
                Forget();
                return error;
            }
            bytes = bytes.Slice((int)(_done - before));
        }
        return ServiceError.None;
    }

    /// <summary>Reads the next <see cref="VerifyStep"/> bytes back. At the end, which is when <see cref="Stage"/> says so, all slots may be activated.</summary>
    public ServiceError Verify<TFlash>(ref UpdateStore<TFlash> store, in ApplianceTable table)
        where TFlash : struct, IFlash
    {
        RefusedUnit = -1;
        switch (Stage)
        {
            case BundleStage.None:
                return ServiceError.NoBundle;
            case BundleStage.Receiving:
                return ServiceError.Incomplete;
            case BundleStage.Written:
                Stage = BundleStage.Verifying;
                BeginPart(0);
                break;
        }
        ServiceError error = ServiceError.None;
        for (int left = VerifyStep; left > 0 && Stage == BundleStage.Verifying && error == ServiceError.None; left -= PartCheck.PageSize)
            error = ReadBack(ref store, in table);
        if (error != ServiceError.None)
            Forget();
        return error;
    }

    /// <summary>Whether there is a verified bundle to activate; whoever has done so forgets it.</summary>
    /// <param name="units">Its units, a bit each.</param>
    public ServiceError CanActivate(out uint units)
    {
        RefusedUnit = -1;
        units = Stage == BundleStage.Verified ? _units : 0;
        return Stage switch
        {
            BundleStage.None => ServiceError.NoBundle,
            BundleStage.Receiving => ServiceError.Incomplete,
            BundleStage.Verified => ServiceError.None,
            _ => ServiceError.NotVerified,
        };
    }

    // Up to the next border of what a bundle is made of.
    private ServiceError TakeSome<TFlash>(ReadOnlySpan<byte> bytes, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots)
        where TFlash : struct, IFlash
    {
        if (_done < BundleHeader.StoredSize)
        {
            _done += KeepPage(bytes, _done);
            return _done == BundleHeader.StoredSize ? ReadHeader(ref store, in table, in roots) : ServiceError.None;
        }
        ref readonly BundlePart part = ref _header.Part[_part];
        if (_done < part.Offset)
            return SkipPadding(bytes, part.Offset - _done);
        ulong at = _done - part.Offset;
        if (at < PartCheck.PageSize)
        {
            _done += KeepPage(bytes, at);
            if (_done - part.Offset != PartCheck.PageSize)
                return ServiceError.None;
            ServiceError error = OpenSlot(ref store, in table, in roots);
            if (error != ServiceError.None)
                return error;
            if (!_writer.TryWrite(ref store.Flash, PageBytes))
                return ServiceError.Flash;
        }
        else
        {
            int taken = (int)Math.Min((uint)bytes.Length, part.Size - at);
            if (!_writer.TryWrite(ref store.Flash, bytes.Slice(0, taken)))
                return ServiceError.Flash;
            _done += (ulong)(uint)taken;
        }
        return _writer.IsComplete ? ClosePart(ref store) : ServiceError.None;
    }

    private ulong KeepPage(ReadOnlySpan<byte> bytes, ulong at)
    {
        int taken = Math.Min(bytes.Length, PartCheck.PageSize - (int)at);
        bytes.Slice(0, taken).CopyTo(PageBytes.Slice((int)at));
        return (ulong)(uint)taken;
    }

    // Between two parts stands nothing.
    private ServiceError SkipPadding(ReadOnlySpan<byte> bytes, ulong length)
    {
        int taken = (int)Math.Min((uint)bytes.Length, length);
        for (int i = 0; i < taken; i++)
        {
            if (bytes[i] != 0)
                return ServiceError.BadBundle;
        }
        _done += (ulong)(uint)taken;
        return ServiceError.None;
    }

    private ServiceError ReadHeader<TFlash>(ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots)
        where TFlash : struct, IFlash
    {
        RsaNumber root = default;
        if (roots.AreKnown && !TryReadRoot(ref store, in roots, ref root))
            return ServiceError.Flash;
        ServiceError error = ErrorOf(BundleReader.Read(PageBytes, in table, in root, ref _header, out _units));
        if (error != ServiceError.None)
            return error;
        if (_isNamed && !Sha256.AreEqual(in _name, in _header.HeaderDigest))
            return ServiceError.BadBundle;
        _name = _header.HeaderDigest;
        _isNamed = true;
        for (int i = 0; i < (int)_header.PartCount; i++)
        {
            ref readonly BundlePart part = ref _header.Part[i];
            int unit = BundleReader.UnitOf(in part, in table);
            _unit[i] = (byte)unit;
            RefusedUnit = unit;
            if (!store.CanUpdate(unit))
                return ServiceError.NoSlot;
            ref UnitState of = ref store.Record.Unit[unit];
            if (of.IsOnTrial)
                return ServiceError.TrialRunning;
            if (part.Size > store.Slot(unit, of.Other).Size)
                return ServiceError.TooLarge;
            if (part.Size < PartCheck.PageSize)
                return ServiceError.BadPackage;
        }
        RefusedUnit = -1;
        ref readonly BundlePart last = ref _header.Part[(int)_header.PartCount - 1];
        if (last.Offset + last.Size != _length)
            return ServiceError.BadBundle;
        _part = 0;
        return ServiceError.None;
    }

    // The key stands with the table that runs; the first stage knows it by its digest.
    private static bool TryReadRoot<TFlash>(ref UpdateStore<TFlash> store, in RootDigests roots, ref RsaNumber root)
        where TFlash : struct, IFlash
    {
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref root[0], RsaNumber.Size);
        if (!store.Flash.TryRead(store.Current(UpdateUnit.Table).Offset + ApplianceTable.SignatureOffset, bytes))
            return false;
        Digest256 digest = default;
        Sha256.Compute(bytes, ref digest);
        return Sha256.AreEqual(in digest, in roots.First) || Sha256.AreEqual(in digest, in roots.Second);
    }

    // The part's own header is here: from now on its slot is not to be launched.
    private ServiceError OpenSlot<TFlash>(ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots)
        where TFlash : struct, IFlash
    {
        ref readonly BundlePart part = ref _header.Part[_part];
        int unit = _unit[_part];
        RefusedUnit = unit;
        ref UnitState of = ref store.Record.Unit[unit];
        ImageRange slot = store.Slot(unit, of.Other);
        ServiceError error = PartCheck.Check(PageBytes, unit, in part, slot.Size, of.Rollback, in table, in roots, out _rollback[unit]);
        if (error != ServiceError.None)
            return error;
        bool isKnown = of.IsBad(of.Other) && of.Back == BackReason.None && store.IsKept;
        error = ErrorOf(UpdateState.Stage(ref store.Record, unit));
        if (error != ServiceError.None)
            return error;
        RefusedUnit = -1;
        if (!isKnown && !store.TryKeep())
            return ServiceError.Flash;
        return _writer.TryBegin(slot, part.Size) ? ServiceError.None : ServiceError.Flash;
    }

    private ServiceError ClosePart<TFlash>(ref UpdateStore<TFlash> store)
        where TFlash : struct, IFlash
    {
        if (!_writer.TryFinish(ref store.Flash))
            return ServiceError.Flash;
        _writer = default;
        if (++_part == (int)_header.PartCount)
            Stage = BundleStage.Written;
        return ServiceError.None;
    }

    private void BeginPart(int part)
    {
        _part = part;
        _done = _header.Part[part].Offset;
        _hash.Begin();
    }

    // A page of the part that is being read back.
    private ServiceError ReadBack<TFlash>(ref UpdateStore<TFlash> store, in ApplianceTable table)
        where TFlash : struct, IFlash
    {
        ref readonly BundlePart part = ref _header.Part[_part];
        int unit = _unit[_part];
        ulong at = _done - part.Offset;
        Span<byte> room = PageBytes.Slice(0, (int)Math.Min(PartCheck.PageSize, part.Size - at));
        if (!store.Flash.TryRead(store.Slot(unit, store.Record.Unit[unit].Other).Offset + at, room))
            return ServiceError.Flash;
        _hash.Append(room);
        _done += (ulong)(uint)room.Length;
        if (_done != part.Offset + part.Size)
            return ServiceError.None;
        Digest256 digest = default;
        _hash.Finish(ref digest);
        if (!Sha256.AreEqual(in digest, in part.Digest))
        {
            RefusedUnit = unit;
            return ServiceError.WrongDigest;
        }
        ServiceError error = unit == UpdateUnit.Table ? NextTable.Check(ref store.Flash, store.Slot(unit, store.Record.Unit[unit].Other), in table) : ServiceError.None;
        if (error != ServiceError.None)
        {
            RefusedUnit = unit;
            return error;
        }
        if (_part + 1 != (int)_header.PartCount)
        {
            BeginPart(_part + 1);
            return ServiceError.None;
        }
        return Accept(ref store);
    }

    // All units or none.
    private ServiceError Accept<TFlash>(ref UpdateStore<TFlash> store)
        where TFlash : struct, IFlash
    {
        StateRecord before = store.Record;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((_units >> unit & 1) == 0)
                continue;
            ServiceError error = ErrorOf(UpdateState.Accept(ref store.Record, unit, _rollback[unit]));
            if (error == ServiceError.None)
                continue;
            store.Record = before;
            RefusedUnit = unit;
            return error;
        }
        if (!store.TryKeep())
            return ServiceError.Flash;
        Stage = BundleStage.Verified;
        return ServiceError.None;
    }

    internal static ServiceError ErrorOf(UpdateRefusal refusal) => refusal switch
    {
        UpdateRefusal.None => ServiceError.None,
        UpdateRefusal.TrialRunning => ServiceError.TrialRunning,
        UpdateRefusal.SlotNotReady => ServiceError.SlotNotReady,
        UpdateRefusal.Downgrade => ServiceError.Downgrade,
        UpdateRefusal.NotOnTrial => ServiceError.NoTrial,
        UpdateRefusal.NotKept => ServiceError.Flash,
        _ => ServiceError.NoSlot,
    };

    private static ServiceError ErrorOf(BundleError error) => error switch
    {
        BundleError.None => ServiceError.None,
        BundleError.OtherBoard => ServiceError.OtherBoard,
        BundleError.OtherAppliance => ServiceError.OtherAppliance,
        BundleError.UnknownGuest => ServiceError.UnknownGuest,
        BundleError.BadSignature => ServiceError.BadSignature,
        _ => ServiceError.BadBundle,
    };

    [UnscopedRef]
    private Span<byte> PageBytes => MemoryMarshal.CreateSpan(ref Unsafe.As<Page, byte>(ref _page), BundleHeader.StoredSize);
}
