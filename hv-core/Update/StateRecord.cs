using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// All that an appliance remembers of its updates, as one record: whoever switches several units writes once. Compiled
/// into first stage, hypervisor and builder.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct StateRecord
{
    public const int Size = IFlash.ProgramUnit;
    /// <summary>"BHSTATE1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3145544154534842;

    public ulong Magic;
    /// <summary>Of two records the higher one counts.</summary>
    public ulong Sequence;
    public Units Unit;
    private readonly Unused _unused;
    /// <summary>SHA-256 of all before it.</summary>
    private Digest256 _digest;

    [InlineArray(UpdateUnit.Count)]
    public struct Units
    {
        private UnitState _first;
    }

    [InlineArray(Size - 16 - UpdateUnit.Count * 24 - 32)]
    private struct Unused
    {
        private byte _first;
    }

    /// <summary>Every unit in its slot a, nothing on trial, no index used up: how an image is delivered.</summary>
    public void Reset()
    {
        this = default;
        Magic = ExpectedMagic;
    }

    /// <summary>Makes the record one that <see cref="IsValid"/>.</summary>
    public void Seal() => ComputeDigest(ref _digest);

    /// <summary>Whole, and not of another format.</summary>
    public readonly bool IsValid
    {
        get
        {
            if (Magic != ExpectedMagic)
                return false;
            Digest256 digest = default;
            ComputeDigest(ref digest);
            return Sha256.AreEqual(in digest, in _digest);
        }
    }

    /// <summary>All ones: nothing has been written here.</summary>
    public readonly bool IsErased
    {
        get
        {
            // Words: every boot looks at some forty places.
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<StateRecord, ulong>(MemoryMarshal.CreateReadOnlySpan(in this, 1));
            int i = 0;
            while (i < words.Length && words[i] == ulong.MaxValue)
                i++;
            return i == words.Length;
        }
    }

    public static Span<byte> BytesOf(ref StateRecord record) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref record, 1));

    private readonly void ComputeDigest(ref Digest256 digest) => Sha256.Compute(
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1)).Slice(0, Size - Unsafe.SizeOf<Digest256>()), ref digest);
}
