using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>
/// Linear to guest-physical through the guest's own tables: no paging, 32-bit, PAE, 4-level and 5-level (SDM vol. 3 4.3
/// to 4.5). Every entry is read once, by one access of its width. Nothing in it is believed: an address counts only
/// where <see cref="IGuestCpu.Ram"/> finds RAM. Protection keys are not looked at.
/// </summary>
public static class PageWalk<TGuest> where TGuest : struct, IGuestCpu
{
    private const ulong Present = 1 << 0, Writable = 1 << 1, User = 1 << 2, Accessed = 1 << 5, Dirty = 1 << 6, PageSize = 1 << 7;
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;

    private const ulong Cr0Paging = 1u << 31, Cr0WriteProtect = 1 << 16;
    private const ulong Cr4Pse = 1 << 4, Cr4Pae = 1 << 5, Cr4La57 = 1 << 12, Cr4Smap = 1 << 21;
    private const ulong EferLma = 1 << 10;
    private const ulong RflagsAc = 1 << 18;

    /// <summary>
    /// For an operand: rights are checked, accessed and dirty bits set, as the CPU does. For an instruction that the CPU
    /// has just fetched (<see cref="LinearAccess.Fetch"/>) rights are not asked again, and no bit is set. <paramref name="fault"/>
    /// counts when the status is <see cref="WalkStatus.Fault"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static WalkStatus Translate(
        ref TGuest guest, ulong linear, LinearAccess access, ulong rflags, out GuestPhys physical, out PageFault fault)
    {
        fault = default;
        physical = new(linear);
        ulong cr3 = guest.Cr3;
        ulong cr4 = guest.Cr4;
        if ((guest.Efer & EferLma) != 0)
            return Walk(ref guest, cr3, (cr4 & Cr4La57) != 0 ? 48 : 39, sizeof(ulong), linear, access, rflags, out physical, ref fault);
        if ((guest.Cr0 & Cr0Paging) == 0)
            return WalkStatus.Ok;
        if ((cr4 & Cr4Pae) == 0)
            return Walk(ref guest, (uint)cr3, 22, sizeof(uint), linear, access, rflags, out physical, ref fault);
        // Four PDPTEs, which have no rights. The CPU read them with CR3; a guest that changed them since is not followed.
        Span<byte> pdpte = guest.Ram(new((cr3 & 0xffff_ffe0) + (linear >> 30) * 8), sizeof(ulong));
        if (pdpte.Length < sizeof(ulong))
            return WalkStatus.NotRam;
        ulong entry = Volatile.Read(ref MemoryMarshal.AsRef<ulong>(pdpte));
        if ((entry & Present) == 0)
            return Refuse(linear, access, ref fault);
        return Walk(ref guest, entry, 21, sizeof(ulong), linear, access, rflags, out physical, ref fault);
    }

    // Entries of 8 bytes and 9 bits of the address each, or of 4 bytes and 10 bits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WalkStatus Walk(
        ref TGuest guest, ulong table, int shift, int entryBytes, ulong linear, LinearAccess access, ulong rflags,
        out GuestPhys physical, ref PageFault fault)
    {
        physical = default;
        bool isWide = entryBytes == sizeof(ulong);
        int indexBits = isWide ? 9 : 10;
        ulong rights = User | Writable;
        while (true)
        {
            ulong index = linear >> shift & (1ul << indexBits) - 1;
            Span<byte> bytes = guest.Ram(new((table & AddressMask) + index * (uint)entryBytes), entryBytes);
            if (bytes.Length < entryBytes)
                return WalkStatus.NotRam;
            ref byte slot = ref MemoryMarshal.GetReference(bytes);
            ulong entry = isWide ? Volatile.Read(ref Unsafe.As<byte, ulong>(ref slot)) : Volatile.Read(ref Unsafe.As<byte, uint>(ref slot));
            if ((entry & Present) == 0)
                return Refuse(linear, access, ref fault);
            rights &= entry;
            bool isLeaf = shift == 12;
            // At the last level the bit is PAT; 32-bit paging has it only with PSE; above 1 GiB it is reserved.
            if ((entry & PageSize) != 0 && (isWide || (guest.Cr4 & Cr4Pse) != 0))
            {
                if (shift > 30)
                    return Refuse(linear, access | LinearAccess.Present | LinearAccess.Reserved, ref fault);
                isLeaf = true;
            }
            if (access != LinearAccess.Fetch)
            {
                ulong marks = Accessed;
                if (isLeaf)
                {
                    if (!IsAllowed(ref guest, rights, access, rflags))
                        return Refuse(linear, access | LinearAccess.Present, ref fault);
                    if ((access & LinearAccess.Write) != 0)
                        marks |= Dirty;
                }
                if ((entry & marks) != marks && !TryMark(ref slot, isWide, entry, entry | marks))
                    return WalkStatus.Raced;
            }
            if (isLeaf)
            {
                // PSE-36: bits 20:13 are bits 39:32 of the address (SDM vol. 3 4.3).
                if (!isWide && shift > 12)
                    entry = entry & 0xffc0_0000 | (entry >> 13 & 0xff) << 32;
                ulong inside = (1ul << shift) - 1;
                physical = new(entry & AddressMask & ~inside | linear & inside);
                return WalkStatus.Ok;
            }
            table = entry;
            shift -= indexBits;
        }
    }

    private static bool TryMark(ref byte slot, bool isWide, ulong before, ulong after) => isWide
        ? Interlocked.CompareExchange(ref Unsafe.As<byte, ulong>(ref slot), after, before) == before
        : Interlocked.CompareExchange(ref Unsafe.As<byte, uint>(ref slot), (uint)after, (uint)before) == (uint)before;

    // SDM vol. 3 4.6.1.
    private static bool IsAllowed(ref TGuest guest, ulong rights, LinearAccess access, ulong rflags)
    {
        bool isWrite = (access & LinearAccess.Write) != 0;
        bool writable = (rights & Writable) != 0;
        if ((access & LinearAccess.User) != 0)
            return (rights & User) != 0 && (!isWrite || writable);
        if ((rights & User) != 0 && (guest.Cr4 & Cr4Smap) != 0 && (rflags & RflagsAc) == 0)
            return false;
        return !isWrite || writable || (guest.Cr0 & Cr0WriteProtect) == 0;
    }

    private static WalkStatus Refuse(ulong linear, LinearAccess code, ref PageFault fault)
    {
        fault.Address = linear;
        fault.Code = code;
        return WalkStatus.Fault;
    }
}
