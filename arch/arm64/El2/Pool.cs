using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Pages of the hypervisor's own RAM, handed out at boot only: what is left of its 2 MiB behind the CPU blocks.
/// The boot CPU alone takes from it, before the others run; nothing is ever given back.
/// </summary>
internal static class Pool
{
    public const ulong PageSize = 4096;

    private static ulong _next;

    public static void Initialize() => _next = CpuBlocks.StartOf(HypervisorLayout.MaxCpus);

    /// <summary>Bytes of RAM the hypervisor holds: image, CPU blocks and pages taken.</summary>
    public static ulong Held => _next - HypervisorLayout.VirtualBase;

    /// <summary>Virtual address of zeroed, contiguous pages. Too few left is a build error of the board file: a bug here.</summary>
    public static ulong Take(ulong pages)
    {
        ulong start = _next;
        _next += pages * PageSize;
        if (_next > HypervisorLayout.VirtualBase + HypervisorLayout.Size)
            System.Bug.Stop(System.BugKind.Assertion);
        Instruction.ZeroRange(start, pages * PageSize);
        return start;
    }
}
