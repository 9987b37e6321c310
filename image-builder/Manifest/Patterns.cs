using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>The forms of texts that others define.</summary>
internal static partial class Patterns
{
    /// <summary>Devicetree specification 2.3.1: "manufacturer,model"; some old bindings have no manufacturer.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9,._+#-]*\z")]
    public static partial Regex Compatible();

    /// <summary>ACPI 6.5, 6.1.5: three letters and four digits of EISA, or four of a vendor registered with UEFI's forum.</summary>
    [GeneratedRegex(@"\A([A-Z]{3}|[A-Z0-9]{4})[0-9A-F]{4}\z")]
    public static partial Regex HardwareId();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_-]*\z")]
    public static partial Regex Word();

    /// <summary>Debian policy 5.6.1, with a place for the architecture.</summary>
    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9+.-]|\{arch\})+\z")]
    public static partial Regex DebianPackage();

    [GeneratedRegex(@"\A[A-Za-z0-9._+-]{1,15}\z")]
    public static partial Regex Version();

    [GeneratedRegex(@"\A[ -~]{0,2047}\z")]
    public static partial Regex CommandLine();
}
