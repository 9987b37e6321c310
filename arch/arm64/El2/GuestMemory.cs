using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's RAM through its own CPU's one-to-one map.</summary>
internal unsafe struct GuestMemory(int guest) : IGuestMemory
{
    private const ulong Line = 64;

    public readonly Span<byte> Open(GuestPhys address, int bytes) =>
        Partitions.Of(guest).TryTranslate(address, (ulong)(uint)bytes, out HostPhys host)
            ? new Span<byte>((void*)host.Value, bytes)
            : default;

    public readonly void Zero(Span<byte> bytes)
    {
        ulong start = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        ulong head = Math.Min((0 - start) & (Line - 1), (ulong)(uint)bytes.Length);
        bytes.Slice(0, (int)head).Fill(0);
        ulong middle = ((ulong)(uint)bytes.Length - head) & ~(Line - 1);
        Instruction.ZeroRange(start + head, middle);
        bytes.Slice((int)(head + middle)).Fill(0);
    }

    public readonly ulong Now() => SystemRegister.ReadCntpct();
}
