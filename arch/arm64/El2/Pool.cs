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
    private static ulong _end;
    private static ulong _spareNext;
    private static ulong _spareEnd;
    private static ulong _taken;
    private static ulong _cpuBlocksEnd;

    /// <summary>Until the table says how many CPUs there are, all CPU blocks are kept.</summary>
    public static void Initialize()
    {
        _next = CpuBlocks.StartOf(HypervisorLayout.MaxCpus);
        _end = HypervisorLayout.VirtualBase + HypervisorLayout.Size;
        _cpuBlocksEnd = _next;
    }

    /// <summary>The blocks of CPUs that the board does not have become pages.</summary>
    public static void UseCpuBlocksFrom(int cpuCount)
    {
        // What was taken so far stays; what is left behind it is used once these are gone.
        _cpuBlocksEnd = CpuBlocks.StartOf(cpuCount);
        _spareNext = _cpuBlocksEnd;
        _spareEnd = CpuBlocks.StartOf(HypervisorLayout.MaxCpus);
    }

    /// <summary>Bytes of RAM the hypervisor holds: image, CPU blocks and pages taken.</summary>
    public static ulong Held => _cpuBlocksEnd - HypervisorLayout.VirtualBase + _taken;

    /// <summary>Zeroed pages for one of these.</summary>
    public static unsafe ref T Take<T>() where T : unmanaged => ref *(T*)Take((ulong)(sizeof(T) + 4095) / PageSize);

    /// <summary>Virtual address of zeroed, contiguous pages. Too few left is a build error of the board file: a bug here.</summary>
    public static ulong Take(ulong pages)
    {
        ulong bytes = pages * PageSize;
        _taken += bytes;
        ulong start;
        if (bytes <= _spareEnd - _spareNext)
        {
            start = _spareNext;
            _spareNext += bytes;
        }
        else
        {
            start = _next;
            _next += bytes;
            if (_next > _end)
                System.Bug.Stop(System.BugKind.Assertion);
        }
        Instruction.ZeroRange(start, bytes);
        return start;
    }
}
