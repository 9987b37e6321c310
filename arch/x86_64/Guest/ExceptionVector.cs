namespace Bulkhead.X86.Guest;

/// <summary>SDM 3 table 6-1.</summary>
internal static class ExceptionVector
{
    public const uint Debug = 1, Nmi = 2, InvalidOpcode = 6, GeneralProtection = 13, PageFault = 14, AlignmentCheck = 17, MachineCheck = 18;

    /// <summary>
    /// Those that exit, a bit each. #DB and #AC can be made to recur while they are delivered, so that no interrupt ever
    /// gets through; a trip through the hypervisor breaks that circle. #MC is the board's.
    /// </summary>
    public const uint Exiting = 1u << (int)Debug | 1u << (int)AlignmentCheck | 1u << (int)MachineCheck;
}
