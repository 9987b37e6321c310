using System.Runtime;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>From reset to guests, top to bottom. Boot runs on the first CPU and sets up everything for all of them.</summary>
internal static class Hypervisor
{
    [RuntimeExport("HypervisorBoot")]
    private static void Boot(uint loaderMagic, uint loaderInformation, ulong physicalBase, ulong resetTimeStamp)
    {
        HypervisorLayout.PhysicalBase = new HostPhys(physicalBase);
        InterruptTable.Build();
        CpuTables.Load(0);
        EarlyUart.Initialize();
        HypervisorLog.Line("Bulkhead: x86-64, loaded at"u8, physicalBase, "by loader"u8, loaderMagic);
        HypervisorLog.Text("nothing to run yet; the board stops"u8);
        BoardStop.Stop();
    }
}
