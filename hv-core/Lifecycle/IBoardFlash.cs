using System;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>
/// The board's flash or disk as <see cref="IFlash"/> writes it; reads are <see cref="Boot.IBoardImage"/>'s. One call at a
/// time (<see cref="BoardFlash{TArch}"/> sees to it); where the image is read as mapped memory, it is that again when a call returns.
/// </summary>
public interface IBoardFlash
{
    static abstract bool TryEraseFlash(ulong offset);

    /// <param name="offset">As <see cref="IFlash.TryProgram"/> has it.</param>
    /// <param name="bytes">At most <see cref="BoardFlash{TArch}.ProgramStep"/>.</param>
    static abstract bool TryProgramFlash(ulong offset, ReadOnlySpan<byte> bytes);

    static abstract bool TryFlushFlash();
}
