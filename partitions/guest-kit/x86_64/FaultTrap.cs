using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>Vectors below 32. Instructions that can be tried are RDMSR, WRMSR, VMCALL and VMMCALL, no others.</summary>
internal static unsafe partial class FaultTrap
{
    [RuntimeExport("HandleException")]
    private static void HandleException(ref ExceptionFrame frame)
    {
        if (!s_armed)
            Report(in frame);
        s_count++;
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
