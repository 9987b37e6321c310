using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>What a first stage of one architecture does with a slot.</summary>
public interface IHypervisorLoader<TFlash> where TFlash : struct, IFlash
{
    /// <summary>Brings the slot's hypervisor where it will run, and checks it there.</summary>
    /// <param name="rollback">No hypervisor with a lower index is started.</param>
    HypervisorFault Load(ref TFlash flash, ImageRange slot, ulong rollback);

    /// <summary>What was loaded last is about to be started.</summary>
    /// <param name="isOnTrial">It may hang, and nobody has confirmed it yet.</param>
    void Starts(bool isOnTrial);

    /// <summary>To whoever looks at the board's line.</summary>
    void Say(ReadOnlySpan<byte> text);
}
