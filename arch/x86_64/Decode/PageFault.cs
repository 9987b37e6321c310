namespace Bulkhead.X86.Decode;

/// <summary>A #PF that the guest has earned: the values for CR2 and for the error code.</summary>
public struct PageFault
{
    public ulong Address;
    public LinearAccess Code;
}
