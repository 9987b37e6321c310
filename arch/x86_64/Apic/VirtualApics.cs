using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.X86.Apic;

/// <summary>A guest's APICs: state only. vCPU n has APIC id n. Stands at a page boundary, see <see cref="VirtualLocalApic"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VirtualApics
{
    public const int MaxVcpus = 8;

    public LocalApics Local;
    public uint VcpuCount;
    public VirtualIoApic IoApic;

    [InlineArray(MaxVcpus)]
    public struct LocalApics
    {
        private VirtualLocalApic _first;

        [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref VirtualLocalApic At(uint vcpu) => ref Unsafe.Add(ref _first, (nuint)(vcpu & (MaxVcpus - 1)));
    }

    /// <summary>All vCPUs of the guest, a bit each.</summary>
    public readonly uint All => (1u << (int)VcpuCount) - 1;

    /// <summary>Fresh APICs. The vCPUs' board CPUs follow by <see cref="VirtualLocalApic.PhysicalCpu"/>.</summary>
    /// <param name="vcpuCount">1 to <see cref="MaxVcpus"/>.</param>
    /// <param name="localPage">Where the guest sees its local APIC.</param>
    /// <param name="lastPin">The I/O APIC's last pin that something of the platform is wired to.</param>
    public void Initialize(uint vcpuCount, ulong localPage, uint lastPin = VirtualIoApic.Pins - 1)
    {
        VcpuCount = vcpuCount;
        for (uint vcpu = 0; vcpu < MaxVcpus; vcpu++)
            Local.At(vcpu).Initialize(vcpu, 0, localPage);
        IoApic.Show(lastPin);
        IoApic.Reset();
    }

    /// <summary>All of them as at first, where they are: when none of the vCPUs runs.</summary>
    /// <param name="localPage">As at first.</param>
    public void Reset(ulong localPage)
    {
        // First: a CPU outside that moves a line leaves nothing in a fresh inbox then.
        SpinLock.Guard held = IoApic.Lock.Enter();
        IoApic.Reset();
        IoApic.Lock.Exit(held);
        for (uint vcpu = 0; vcpu < VcpuCount; vcpu++)
            Local.At(vcpu).Initialize(vcpu, Local.At(vcpu).PhysicalCpu, localPage);
    }
}
