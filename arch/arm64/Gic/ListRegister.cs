namespace Bulkhead.Arm64.Gic;

/// <summary>ICH_LR&lt;n&gt;_EL2 (IHI 0069 12.4.7).</summary>
public readonly struct ListRegister(ulong value)
{
    public const ulong Pending = 1ul << 62;
    public const ulong Active = 1ul << 63;
    public const ulong State = Pending | Active;

    /// <summary>HW: deactivating the virtual interrupt deactivates the physical one.</summary>
    public const ulong Hw = 1ul << 61;

    public const ulong Group1 = 1ul << 60;

    /// <summary>With HW = 0: a maintenance interrupt when the guest deactivates it.</summary>
    public const ulong Eoi = 1ul << 41;

    /// <summary>Of an interrupt that is in no list register.</summary>
    public const int NoIndex = -1;

    private const int PrioritySpot = 48;
    private const int GroupSpot = 60;
    private const int PhysicalSpot = 32;

    public readonly ulong Value = value;

    public bool IsInvalid => (Value & State) == 0;
    public bool IsPending => (Value & Pending) != 0;
    public bool IsActive => (Value & Active) != 0;

    /// <summary>Pending and not active: it may be withdrawn, the guest knows nothing of it.</summary>
    public bool IsOnlyPending => (Value & State) == Pending;

    public bool IsHw => (Value & Hw) != 0;
    public bool HasEoi => (Value & (Hw | Eoi)) == Eoi;
    public uint VirtualId => (uint)Value;
    public uint PhysicalId => (uint)(Value >> PhysicalSpot) & 0x1fff;
    public uint Priority => (uint)(Value >> PrioritySpot) & 0xff;

    /// <summary>A pending interrupt; <paramref name="group"/> is 0 or 1.</summary>
    public static ListRegister MakePending(uint intid, uint priority, uint group) =>
        new(Pending | intid | ((ulong)priority << PrioritySpot) | ((ulong)group << GroupSpot));

    public ListRegister With(ulong bits) => new(Value | bits);
    public ListRegister Without(ulong bits) => new(Value & ~bits);
    public ListRegister WithPhysical(uint intid) => new(Value | Hw | ((ulong)intid << PhysicalSpot));
}
