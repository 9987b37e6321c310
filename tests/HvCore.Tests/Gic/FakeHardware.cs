using System;
using System.Threading;
using Bulkhead.Arm64.Gic;

namespace Bulkhead.Tests.Gic;

/// <summary>The calling CPU of the thread's fake board.</summary>
internal struct FakeHardware : IGicCpuInterface
{
    [ThreadStatic]
    public static FakeBoard? Board;

    [ThreadStatic]
    public static int Current;

    private static FakeCpu Cpu => Board!.Cpus[Current];

    public static int ListRegisterCount => Cpu.ListRegisters.Length;
    public static ListRegister ReadListRegister(int index) => Cpu.ListRegisters[index];
    public static void WriteListRegister(int index, ListRegister value) => Cpu.ListRegisters[index] = value;
    public static void WriteListRegister0(ListRegister value) => WriteListRegister(0, value);
    public static void NoteListed(uint intid) => Cpu.Noted.Add(intid);
    public static ulong ReadHcr() => Cpu.Hcr | ((ulong)Cpu.EoiCount << 27);

    public static void WriteHcr(ulong value)
    {
        Cpu.Hcr = value & 0x7ff_ffff;
        Cpu.EoiCount = HypControl.EoiCount(value);
    }

    public static uint ReadElrsr() => Cpu.Elrsr;
    public static uint ReadEisr() => Cpu.Eisr;
    public static uint AcknowledgePhysical() => 1023;
    public static void DropPriority(uint intid) { }
    public static void DeactivatePhysical(uint intid) => Physical(intid).Active = false;
    public static void SendKick(int physicalCpu) => Volatile.Write(ref Board!.Cpus[physicalCpu].Kicked, true);
    public static void Relax()
    {
        if (Board!.OneThread)
            Board.AnswerOthers();
        else
            Thread.Yield();
    }
    public static void SetPhysicalEnable(uint intid, bool enable) => Physical(intid).Enabled = enable;
    public static void SetPhysicalPending(uint intid, bool pending) => Physical(intid).Pending = pending;
    public static void SetPhysicalActive(uint intid, bool active) => Physical(intid).Active = active;
    public static void SetPhysicalEdge(uint intid, bool edge) => Physical(intid).Edge = edge;
    public static void SetPhysicalRoute(uint intid, int physicalCpu) => Physical(intid).Route = physicalCpu;
    public static bool ReadPhysicalPending(uint intid) => Physical(intid).Pending;

    private static PhysicalInterrupt Physical(uint intid) => Board!.Physical(Current, intid);
}
