using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>
/// This CPU's own local APIC (SDM 3 chapter 11): as an x2APIC by MSRs where the CPU has one, else by its page, which
/// this CPU's tables map.
/// </summary>
internal static class LocalApic
{
    private const uint MsrApicBase = 0x1b, MsrX2 = 0x800;
    // IA32_APIC_BASE (11.4.3, 11.12.1)
    private const ulong X2Enable = 1 << 10, GlobalEnable = 1 << 11;
    private const ulong BaseMask = 0xf_ffff_ffff_f000;
    private const uint SvrEnable = 1 << 8;
    private const uint LvtMasked = 1 << 16, LvtNmi = 4 << 8;
    // ICR (11.6.1)
    private const uint IcrNmi = 4 << 8, IcrInit = 5 << 8, IcrStartup = 6 << 8, IcrAssert = 1 << 14, IcrBusy = 1 << 12, IcrAllOthers = 3 << 18;

    private static int _isX2;
    private static ulong _page;

    /// <summary>The largest id an IPI reaches: x2APIC ids have 32 bits, the others eight, and all ones is everybody.</summary>
    public static ulong MaxId => IsX2 ? uint.MaxValue - 1 : 254;

    public static bool IsX2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _isX2 != 0;
    }

    /// <summary>Once, on the boot CPU: how all of them are reached.</summary>
    /// <param name="page">Where ACPI says they are.</param>
    public static void Choose(HostPhys page)
    {
        _page = page.Value;
        _isX2 = CpuFeatures.HasX2Apic ? 1 : 0;
    }

    /// <summary>Enables this CPU's; nothing but NMIs and IPIs is let through.</summary>
    public static void InitializeCpu()
    {
        ulong value = Register.ReadMsr(MsrApicBase) & ~BaseMask | _page | GlobalEnable;
        // Enabled first: from disabled there is no way straight to x2APIC (11.12.5).
        Register.WriteMsr(MsrApicBase, value);
        if (IsX2)
            Register.WriteMsr(MsrApicBase, value | X2Enable);
        Write(ApicRegister.Svr, SvrEnable | HostVector.Spurious);
        Write(ApicRegister.LvtTimer, LvtMasked);
        Write(ApicRegister.LvtThermal, LvtMasked);
        Write(ApicRegister.LvtPerformance, LvtMasked);
        Write(ApicRegister.LvtLint0, LvtMasked);
        // A PC's NMI is wired to LINT1 of every CPU.
        Write(ApicRegister.LvtLint1, LvtNmi);
        Write(ApicRegister.LvtError, LvtMasked);
        Write(ApicRegister.Tpr, 0);
        CpuBlocks.Tables(CurrentCpu.Index).IsApicReady = true;
    }

    public static uint Id => IsX2 ? Read(ApicRegister.Id) : Read(ApicRegister.Id) >> 24;

    public static void EndOfInterrupt() => Write(ApicRegister.Eoi, 0);

    public static void SendInterrupt(uint id, uint vector) => Send(id, vector);

    public static void SendInit(uint id) => Send(id, IcrInit | IcrAssert);

    /// <param name="page">Number of the page below 1 MiB where the CPU starts.</param>
    public static void SendStartup(uint id, uint page) => Send(id, IcrStartup | IcrAssert | page);

    public static void SendNmiToOthers() => Send(0, IcrNmi | IcrAssert | IcrAllOthers);

    public static uint Read(ApicRegister register) => IsX2
        ? (uint)Register.ReadMsr(MsrX2 + ((uint)register >> 4))
        : Mmio.Read32(new HostPhys(_page + (uint)register));

    public static void Write(ApicRegister register, uint value)
    {
        if (IsX2)
            Register.WriteMsr(MsrX2 + ((uint)register >> 4), value);
        else
            Mmio.Write32(new HostPhys(_page + (uint)register), value);
    }

    private static void Send(uint id, uint command)
    {
        if (IsX2)
        {
            Register.WriteMsrAfter(MsrX2 + ((uint)ApicRegister.IcrLow >> 4), (ulong)id << 32 | command);
            return;
        }
        // 11.6.1: one at a time leaves. The lower half sends.
        while ((Read(ApicRegister.IcrLow) & IcrBusy) != 0)
        {
        }
        Write(ApicRegister.IcrHigh, id << 24);
        Write(ApicRegister.IcrLow, command);
    }
}
