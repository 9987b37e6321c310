using System;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>A guest's RAM as its first CPU, which loads it, reaches it.</summary>
public readonly struct GuestMemory<TArch>(int guest) : IGuestMemory where TArch : struct, IArch
{
    public Span<byte> Open(GuestPhys address, int bytes) =>
        TArch.Partition(guest).TryTranslate(address, (ulong)(uint)bytes, out HostPhys host) ? TArch.Open(host, bytes) : default;

    public void Zero(Span<byte> bytes) => TArch.Zero(bytes);

    public ulong Now() => TArch.Now();

    /// <summary>The board's console and other guests go on while this one is loaded.</summary>
    public void Pause() => BoardFlash<TArch>.Pause(ref TArch.Vcpu((int)TArch.Partition(guest).CpuOf(0)));
}
