namespace Bulkhead.BuildGates;

/// <summary>A reason to fail the build, in the form MSBuild reads.</summary>
public sealed record Finding(string Code, string Text)
{
    public const string StaticConstructor = "BHG001";
    public const string Undefined = "BHG002";
    public const string WritableCode = "BHG003";
    public const string Simd = "BHG004";
    public const string Scalable = "BHG005";
    public const string Privileged = "BHG006";
    public const string NotCode = "BHG007";
    public const string UnusedRule = "BHG008";

    public override string ToString() => $"BuildGates : error {Code}: {Text}";
}
