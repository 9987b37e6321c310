using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.X86.Host;

/// <summary>
/// One CPU's GDT and TSS. The GDT is the CPU's own because loading the task register marks the TSS busy in it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpuTables
{
    // SDM 3 3.4.5: present, 64-bit code, accessed; present, writable data, accessed.
    private const ulong Code64 = 0x00af_9b00_0000_ffff;
    private const ulong Data = 0x00cf_9300_0000_ffff;
    private const ulong AvailableTss = 0x89ul << 40;

    public ulong Null, Code, DataSegment;
    /// <summary>SDM 3 8.2.3: a system descriptor is two entries wide.</summary>
    public ulong TssLow, TssHigh;
    public TaskStateSegment Tss;
    private uint _padding;
    private ulong _reserved;
    /// <summary>NMIs taken in the hypervisor (Boot/Vectors.S, NMI_COUNT).</summary>
    public ulong NmiCount;
    /// <summary>The local APIC is on and reachable: this CPU can stop the others.</summary>
    public bool IsApicReady;

    /// <summary>Fills this CPU's tables and makes it use them and the board's IDT.</summary>
    public static void Load(int cpu)
    {
        ref CpuTables tables = ref CpuBlocks.Tables(cpu);
        ulong block = CpuBlocks.StartOf(cpu);
        tables.Code = Code64;
        tables.DataSegment = Data;
        tables.Tss.Ist1 = block + HypervisorLayout.NmiStackTop;
        tables.Tss.Ist2 = block + HypervisorLayout.MachineCheckStackTop;
        tables.Tss.Ist3 = block + HypervisorLayout.FaultStackTop;
        tables.Tss.IoMapBase = TaskStateSegment.Limit + 1;
        ulong tss = (ulong)Unsafe.AsPointer(ref tables.Tss);
        tables.TssLow = TaskStateSegment.Limit | (tss & 0xff_ffff) << 16 | AvailableTss | (tss >> 24 & 0xff) << 56;
        tables.TssHigh = tss >> 32;

        DescriptorTablePointer gdt = default;
        gdt.Base = (ulong)Unsafe.AsPointer(ref tables);
        gdt.Limit = 5 * sizeof(ulong) - 1;
        DescriptorTablePointer idt = InterruptTable.Pointer;
        Instruction.LoadTables(&gdt, &idt);
    }
}
