using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>
/// Vectors below 32. Instructions that can be tried are RDMSR, WRMSR, VMCALL and VMMCALL; any other by a caller that
/// says where to go on.
/// </summary>
internal static unsafe partial class FaultTrap
{
    private static ulong s_return;
    private static ulong s_vector;
    private static ulong s_error;

    public static ulong LastVector => s_vector;

    public static ulong LastError => s_error;

    /// <summary>An exception goes on there, with registers and stack as they were.</summary>
    public static void ArmForReturn(ulong address)
    {
        s_return = address;
        Arm();
    }

    [RuntimeExport("HandleException")]
    private static void HandleException(ref ExceptionFrame frame)
    {
        if (!s_armed)
            Report(in frame);
        s_count++;
        s_vector = frame.Vector;
        s_error = frame.ErrorCode;
        if (s_return != 0)
        {
            frame.Rip = s_return;
            s_return = 0;
            return;
        }
        // 0F 01 and a third byte are the calls; 0F 30 and 0F 32 the MSRs'.
        frame.Rip += ((byte*)frame.Rip)[1] == 1 ? 3u : 2u;
    }

    private static void Report(in ExceptionFrame frame)
    {
        Console.Write("guest: exception"u8);
        Say(" vector="u8, frame.Vector);
        Say(" rip="u8, frame.Rip);
        Say(" error="u8, frame.ErrorCode);
        Halt(" cr2="u8, Cpu.ReadCr2());
    }
}
