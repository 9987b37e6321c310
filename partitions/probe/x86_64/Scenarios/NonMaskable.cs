using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>An NMI that comes in the handler of another waits for its IRET (SDM 3 6.7.1), and comes then.</summary>
internal static unsafe class NonMaskable
{
    /// <summary>To a vCPU, in the ICR.</summary>
    public const uint Nmi = 0x4400;

    private const uint Rounds = 5;

    public static void Run()
    {
        NmiCounts* counts = InstallNmiHandler();
        for (uint round = 1; round <= Rounds; round++)
        {
            LocalApic.Send(0, Nmi);
            Interrupts.Collect(0);
            Check.Equal("NMIs taken"u8, 2 * round, Volatile.Read(ref counts->Taken));
        }
        Check.Equal("one in another"u8, 1, Volatile.Read(ref counts->Deepest));
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_InstallNmiHandler")] public static extern NmiCounts* InstallNmiHandler();
}
