namespace Bulkhead.Arm64.El2;

/// <summary>
/// The guest's EL1 physical timer, CNTP (DDI 0487 D12.2), emulated on EL2's own: trapped because the board's
/// CNTP would interrupt EL1 by a PPI that the hypervisor could not tell from its own.
/// </summary>
internal struct PhysicalTimer
{
    private const ulong Enable = 1, Mask = 2, Status = 4;

    public ulong Control;
    public ulong CompareValue;

    private readonly bool Expired(ulong now) => (long)(now - CompareValue) >= 0;

    /// <summary>CNTP_CTL_EL0 as the guest reads it.</summary>
    public readonly ulong ReadControl(ulong now) =>
        (Control & Enable) != 0 && Expired(now) ? Control | Status : Control;

    public void WriteControl(ulong value) => Control = value & (Enable | Mask);

    /// <summary>CNTP_TVAL_EL0: a signed 32-bit distance from now.</summary>
    public readonly ulong ReadTimerValue(ulong now) => (uint)(CompareValue - now);

    public void WriteTimerValue(ulong now, ulong value) => CompareValue = now + (ulong)(long)(int)value;

    /// <summary>The level of the timer's interrupt line.</summary>
    public readonly bool Line(ulong now) => (Control & (Enable | Mask)) == Enable && Expired(now);

    /// <summary>Programs EL2's timer for the next rise of the line; off when none is to come.</summary>
    /// <param name="now">The counter.</param>
    /// <param name="other">Another deadline on the same timer, 0 for none.</param>
    public readonly void Arm(ulong now, ulong other)
    {
        bool wanted = (Control & (Enable | Mask)) == Enable && !Expired(now);
        if (wanted || other != 0)
        {
            bool first = wanted && (other == 0 || (long)(CompareValue - other) < 0);
            SystemRegister.WriteCnthpCval(first ? CompareValue : other);
            SystemRegister.WriteCnthpCtl(Enable);
        }
        else
        {
            SystemRegister.WriteCnthpCtl(0);
        }
    }
}
