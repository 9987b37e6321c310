using Bulkhead.Arm64.Gic;

namespace Bulkhead.Arm64.El2;

/// <summary>The CPU interface's registers for Gic/PhysicalCpuInterface.cs.</summary>
internal readonly struct GicRegisters : IPhysicalCpuInterface
{
    public static ulong ReadIccSreEl2() => SystemRegister.ReadIccSre();
    public static void WriteIccSreEl2(ulong value) => SystemRegister.WriteIccSre(value);
    public static ulong ReadIccCtlrEl1() => SystemRegister.ReadIccCtlr();
    public static void WriteIccCtlrEl1(ulong value) => SystemRegister.WriteIccCtlr(value);
    public static void WriteIccPmrEl1(ulong value) => SystemRegister.WriteIccPmr(value);
    public static void WriteIccBpr1El1(ulong value) => SystemRegister.WriteIccBpr1(value);
    public static void WriteIccIgrpen1El1(ulong value) => SystemRegister.WriteIccIgrpen1(value);
    public static ulong ReadIchVtrEl2() => SystemRegister.ReadIchVtr();
    public static void WriteIchHcrEl2(ulong value) => SystemRegister.WriteIchHcr(value);
    public static void WriteIchVmcrEl2(ulong value) => SystemRegister.WriteIchVmcr(value);
    public static void WriteIchAp0r0El2(ulong value) => SystemRegister.WriteIchAp0r0(value);
    public static void WriteIchAp1r0El2(ulong value) => SystemRegister.WriteIchAp1r0(value);
    public static void WriteListRegister(int index, ListRegister value) => SystemRegister.WriteListRegister(index, value.Value);
    public static void Isb() => Instruction.Isb();
}
