namespace Bulkhead.Arm64.Gic;

/// <summary>The system registers that the CPU interface's start touches (IHI 0069 12.2, 12.4), and ISB.</summary>
public interface IPhysicalCpuInterface
{
    static abstract ulong ReadIccSreEl2();
    static abstract void WriteIccSreEl2(ulong value);
    static abstract ulong ReadIccCtlrEl1();
    static abstract void WriteIccCtlrEl1(ulong value);
    static abstract void WriteIccPmrEl1(ulong value);
    static abstract void WriteIccBpr1El1(ulong value);
    static abstract void WriteIccIgrpen1El1(ulong value);
    static abstract ulong ReadIchVtrEl2();
    static abstract void WriteIchHcrEl2(ulong value);
    static abstract void WriteIchVmcrEl2(ulong value);
    static abstract void WriteIchAp0r0El2(ulong value);
    static abstract void WriteIchAp1r0El2(ulong value);
    static abstract void WriteListRegister(int index, ListRegister value);
    static abstract void Isb();
}
