using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.X86.Apic;

namespace Bulkhead.X86.Host;

/// <summary>
/// This CPU's own local APIC (SDM 3 chapter 11): as an x2APIC by MSRs where the CPU has one, else by its page, which
/// this CPU's tables map.
/// </summary>
internal static class LocalApic
{
    private const uint FirstX2Msr = 0x800;
    private const ulong PageMask = 0xf_ffff_ffff_f000;
    private const uint IcrAssert = 1 << 14, IcrAllOthers = 3 << 18;
    private const int ModeShift = 8;

    private static int _isX2;
    private static ulong _page;

    public static bool IsX2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _isX2 != 0;
    }

    public static uint Id => IsX2 ? Read(ApicRegister.Id) : Read(ApicRegister.Id) >> 24;

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
        ulong value = Register.ReadMsr(ApicBase.Msr) & ~PageMask | _page | ApicBase.Enabled;
        // Enabled first: from disabled there is no way straight to x2APIC (11.12.5).
        Register.WriteMsr(ApicBase.Msr, value);
        if (IsX2)
            Register.WriteMsr(ApicBase.Msr, value | ApicBase.X2Apic);
        Write(ApicRegister.Svr, ApicRegister.SvrEnabled | HostVector.Spurious);
        Write(ApicRegister.LvtTimer, ApicRegister.LvtMasked);
        Write(ApicRegister.LvtThermal, ApicRegister.LvtMasked);
        Write(ApicRegister.LvtPerformance, ApicRegister.LvtMasked);
        Write(ApicRegister.LvtLint0, ApicRegister.LvtMasked);
        // A PC's NMI is wired to LINT1 of every CPU.
        Write(ApicRegister.LvtLint1, (uint)DeliveryMode.Nmi << ModeShift);
        Write(ApicRegister.LvtError, ApicRegister.LvtMasked);
        Write(ApicRegister.Tpr, 0);
        CpuBlocks.Tables(CurrentCpu.Index).IsApicReady = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EndOfInterrupt()
    {
        if (IsX2)
            Register.WriteMsr(FirstX2Msr + (ApicRegister.Eoi >> 4), 0);
        else
            Mmio.Write32(new HostPhys(_page + ApicRegister.Eoi), 0);
    }

    /// <summary>The initial count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StartTimer(uint count)
    {
        if (IsX2)
            Register.WriteMsr(FirstX2Msr + (ApicRegister.InitialCount >> 4), count);
        else
            Mmio.Write32(new HostPhys(_page + ApicRegister.InitialCount), count);
    }

    public static void SendInterrupt(uint id, uint vector) => Send(id, vector);

    public static void SendInit(uint id) => Send(id, IcrAssert | (uint)DeliveryMode.Init << ModeShift);

    /// <param name="page">Number of the page below 1 MiB where the CPU starts.</param>
    public static void SendStartup(uint id, uint page) => Send(id, IcrAssert | (uint)DeliveryMode.StartUp << ModeShift | page);

    public static void SendNmiToOthers() => Send(0, IcrAllOthers | IcrAssert | (uint)DeliveryMode.Nmi << ModeShift);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read(uint register) =>
        IsX2 ? (uint)Register.ReadMsr(FirstX2Msr + (register >> 4)) : Mmio.Read32(new HostPhys(_page + register));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(uint register, uint value)
    {
        if (IsX2)
            Register.WriteMsr(FirstX2Msr + (register >> 4), value);
        else
            Mmio.Write32(new HostPhys(_page + register), value);
    }

    private static void Send(uint id, uint command)
    {
        if (IsX2)
            Register.WriteMsrAfter(FirstX2Msr + (ApicRegister.Icr >> 4), (ulong)id << 32 | command);
        else
            SendByPage(_page, id << 24, command);
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SendByPage")] private static extern void SendByPage(ulong page, uint destination, uint command);
}
