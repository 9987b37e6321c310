using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// 32 interrupts, one bit each per word: the words of one bank share a cache line or two. A vCPU's private bank is
/// read by anyone, its Pending, Line, Active and Listed are written by the owner alone; a shared bank is written by
/// atomic operations from anywhere.
/// </summary>
public struct InterruptBank
{
    /// <summary>Edge of a private bank after its reset: SGIs are edges (IHI 0069 12.11.7).</summary>
    public const uint SgiEdges = 0xffff;

    /// <summary>Interrupts that exist; the others are RAZ/WI (IHI 0069 12.1.2).</summary>
    public uint Implemented;

    public uint Enabled;
    public uint Group;

    /// <summary>Edge-triggered (GICD_ICFGR); clear is level-sensitive.</summary>
    public uint Edge;

    /// <summary>The pending latch: edges, ISPENDR, and physical interrupts that wait for a list register.</summary>
    public uint Pending;

    /// <summary>The line as the virtual device drives it.</summary>
    public uint Line;

    /// <summary>Active and not in a list register.</summary>
    public uint Active;

    /// <summary>In a list register, perhaps finished there already: the guest's EOI is not seen at once.</summary>
    public uint Listed;

    /// <summary>Backed by a physical interrupt, HW = 1 in the list register.</summary>
    public uint Hardware;

    // Requests to whoever holds the interrupt in a list register.
    public uint ClearPending;
    public uint ClearActive;

    /// <summary>Per vCPU: the interrupts routed to it.</summary>
    public VcpuWords Routed;

    public InterruptBytes Priority;

    /// <summary>Pending by latch or by level (IHI 0069 4.1.2).</summary>
    public readonly uint Raised => Pending | (Line & ~Edge);

    /// <summary>The list register's content for an interrupt that becomes pending, without HW and EOI.</summary>
    public ListRegister Compose(uint intid) =>
        ListRegister.MakePending(intid, Priority.At(intid), (Group >> (int)intid) & 1);

    /// <summary>The interrupt as nobody has touched it: disabled, group 0, idle (IHI 0069 12.9's reset values).</summary>
    public void Reset(uint edge)
    {
        Enabled = 0;
        Group = 0;
        Edge = edge;
        Pending = 0;
        Line = 0;
        Active = 0;
        Listed = 0;
        ClearPending = 0;
        ClearActive = 0;
        for (uint i = 0; i < 32; i++)
            Priority.At(i) = 0;
    }
}
