namespace Bulkhead.Arm64.Registers;

/// <summary>
/// What a guest does by itself and what comes to EL2, on a CPU with given features: the whole of it, so that nothing
/// depends on what an earlier boot stage left. What <see cref="IdRegisterPolicy"/> hides is trapped here. A bit is set
/// only where its feature is: elsewhere it is RES0.
/// </summary>
public readonly struct GuestTraps
{
    public readonly HcrEl2 Hcr;
    /// <summary>Where <see cref="CpuFeature.Hcx"/>.</summary>
    public readonly HcrxEl2 Hcrx;
    public readonly CptrEl2 Cptr;
    public readonly MdcrEl2 Mdcr;
    public readonly CnthctlEl2 Cnthctl;

    private GuestTraps(CpuFeatures features, MdcrEl2 reset)
    {
        Hcr = HcrEl2.For(features);
        Hcrx = HcrxEl2.For(features);
        Cptr = CptrEl2.For(features);
        Mdcr = MdcrEl2.For(features, reset);
        Cnthctl = CnthctlEl2.Guest;
    }

    /// <param name="features">The CPU's.</param>
    /// <param name="reset">MDCR_EL2 as it is: how many counters there are stands in it.</param>
    public static GuestTraps For(CpuFeatures features, MdcrEl2 reset) => new(features, reset);
}
