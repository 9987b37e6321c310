using System;
using System.Collections.Generic;
using Bulkhead.X86.Apic;

namespace Bulkhead.Tests.Apic;

/// <summary>A guest's APICs on a board that only writes down what it is asked for.</summary>
internal sealed class FakeApics
{
    [ThreadStatic]
    private static FakeApics? s_board;

    public VirtualApics State;

    /// <summary>The board's TSC.</summary>
    public ulong Tsc = 1;

    /// <summary>Kicked board CPUs that have not looked yet; CPU of vCPU n is 10 + n.</summary>
    public readonly HashSet<int> Kicked = [];

    public readonly List<uint> EndedGsis = [];

    public FakeApics(uint vcpus)
    {
        s_board = this;
        State.Initialize(vcpus, 0xfee0_0000);
        for (uint vcpu = 0; vcpu < vcpus; vcpu++)
            State.Local.At(vcpu).PhysicalCpu = 10 + (int)vcpu;
    }

    /// <summary>On every thread that uses the board.</summary>
    public void Use() => s_board = this;

    public ref VirtualLocalApic Apic(uint vcpu) => ref State.Local.At(vcpu);

    public ApicEffect WriteMsr(uint vcpu, uint register, ulong value) =>
        LocalApicRegisters<Hardware>.WriteMsr(ref State, ref Apic(vcpu), 0x800 + (register >> 4), value);

    public bool TryReadMsr(uint vcpu, uint register, out ulong value) =>
        LocalApicRegisters<Hardware>.TryReadMsr(ref Apic(vcpu), 0x800 + (register >> 4), out value);

    /// <summary>All vCPUs: x2APIC, switched on, everything else as after reset.</summary>
    public void StartInX2Apic()
    {
        for (uint vcpu = 0; vcpu < State.VcpuCount; vcpu++)
        {
            LocalApicRegisters<Hardware>.WriteBase(ref Apic(vcpu), Apic(vcpu).Base | ApicBase.X2Apic);
            WriteMsr(vcpu, ApicRegister.Svr, 0x1ff);
        }
    }

    internal readonly struct Hardware : IApicHardware
    {
        public static void Kick(int physicalCpu)
        {
            lock (s_board!.Kicked)
                s_board.Kicked.Add(physicalCpu);
        }

        public static ulong ReadTsc() => s_board!.Tsc;

        public static void EndPhysical(uint gsi) => s_board!.EndedGsis.Add(gsi);
    }
}
