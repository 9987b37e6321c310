using Bulkhead.Memory;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>What loader and ACPI say of the board. With nothing sound to go by the board stops.</summary>
internal static class BoardFirmware
{
    private static LoaderFacts _loader;
    private static AcpiFacts _acpi;

    public static ref readonly LoaderFacts Loader => ref _loader;
    public static ref readonly AcpiFacts Acpi => ref _acpi;

    /// <param name="magic">Multiboot2's, or anything with a PVH start block.</param>
    public static void Read(uint magic, HostPhys information)
    {
        BootMemory memory = default;
        LoaderError error = magic == Multiboot2Reader.Magic
            ? Multiboot2Reader.Read(in memory, information, ref _loader)
            : PvhReader.Read(in memory, information, ref _loader);
        if (error != LoaderError.None)
            HypervisorLog.Refuse(error == LoaderError.NoLoader
                ? "the loader is neither multiboot2's nor PVH's"u8 : "the loader's information is damaged"u8);
        AcpiError acpi = AcpiReader.Read(in memory, _loader.Rsdp, ref _acpi);
        if (acpi != AcpiError.None)
            HypervisorLog.Refuse(AcpiErrorText.Of(acpi));
    }
}
