using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>
/// Memory below 4 GiB, writable, where <see cref="BootMemory"/> expects it: entries in the tables that Boot/Entry.S made. And
/// the rest of the first stage's own 2 MiB, as room to work in.
/// </summary>
internal static unsafe class PhysicalRam
{
    private const ulong Page = 4096, LargePage = 2 << 20, VirtualBase = 0xffff_ffff_8020_0000, ImageSize = 2 << 20;
    // SDM 3 4.5.4: P, RW, A, D, PS, XD.
    private const ulong Table = 0x023, LargeData = 0x8000_0000_0000_00e3;
    private const int Entries = 512, Directories = (int)(BootMemory.Size >> 30);

    /// <param name="physicalBase">Where the loader put this image.</param>
    public static void Map(ulong physicalBase)
    {
        ulong* directoryPointers = (ulong*)AddressOfPool();
        new Span<byte>(directoryPointers, (int)Page).Clear();
        for (int i = 0; i < Directories; i++)
        {
            ulong* directory = directoryPointers + (i + 1) * Entries;
            for (int j = 0; j < Entries; j++)
                directory[j] = (ulong)(uint)(i * Entries + j) * LargePage | LargeData;
            directoryPointers[i] = Physical(directory, physicalBase) | Table;
        }
        // Nothing was there before: no TLB holds it (SDM 3 4.10.2.3).
        ((ulong*)AddressOfBootTables())[BootMemory.VirtualOffset >> 39] = Physical(directoryPointers, physicalBase) | Table;
    }

    /// <summary>Zeroed when the image was loaded, but for what has been put there.</summary>
    public static Span<byte> Room
    {
        get
        {
            ulong start = AddressOfPool() + (1 + Directories) * Page;
            return new Span<byte>((void*)start, (int)(VirtualBase + ImageSize - start));
        }
    }

    /// <param name="range">Below 4 GiB.</param>
    public static Span<byte> At(HostRange range) => new((void*)(BootMemory.VirtualOffset + range.Base.Value), (int)range.Size);

    public static HostPhys PhysicalOf(Span<byte> own, ulong physicalBase) => new(Physical(Unsafe.AsPointer(ref own[0]), physicalBase));

    private static ulong Physical(void* own, ulong physicalBase) => (ulong)own - VirtualBase + physicalBase;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfPool")] private static extern ulong AddressOfPool();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfBootTables")] private static extern ulong AddressOfBootTables();
}
