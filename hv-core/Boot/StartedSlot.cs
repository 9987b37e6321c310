namespace Bulkhead.Boot;

/// <summary>
/// What a first stage tells the hypervisor in a register (X4; ECX): the slot that it was started from, which is not the
/// record's where the flash could not keep a choice. Any other loader says nothing, or what cannot be this.
/// </summary>
public readonly struct StartedSlot(uint word)
{
    /// <summary>"BHS", then a digit.</summary>
    private const uint First = 0x42485330;

    public uint Word => word;

    public bool IsKnown => word >> 1 == First >> 1;

    /// <summary>0 for a, 1 for b; only where it is known.</summary>
    public int Which => (int)(word & 1);

    public static StartedSlot Of(int which) => new(First | (uint)which & 1);
}
