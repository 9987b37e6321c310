namespace Bulkhead.X86.Guest;

/// <summary>SDM 3 table 6-1.</summary>
internal static class ExceptionVector
{
    public const uint Debug = 1, Nmi = 2, InvalidOpcode = 6, GeneralProtection = 13, PageFault = 14, AlignmentCheck = 17;
}
