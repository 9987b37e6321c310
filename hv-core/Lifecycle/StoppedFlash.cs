using System;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>The board's flash when its other CPUs halt: those that were to be waited for never come.</summary>
internal readonly struct StoppedFlash<TArch> : IFlash where TArch : struct, IArch
{
    public bool TryRead(ulong offset, Span<byte> room) => false;

    public bool TryErase(ulong offset) => TArch.TryEraseFlash(offset);

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => TArch.TryProgramFlash(offset, bytes);

    public bool TryFlush() => TArch.TryFlushFlash();
}
