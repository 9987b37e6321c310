using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Host;

/// <summary>The IDT, one for all CPUs: every vector to a stub in Boot/Vectors.S.</summary>
internal static unsafe class InterruptTable
{
    private const int Vectors = 256;
    private const int Exceptions = 32;
    private const ulong StubSize = 16;

    private const int Nmi = 2, MachineCheck = 18;
    private const ulong NmiStack = 1, MachineCheckStack = 2, FaultStack = 3;

    // SDM 3 6.14.1: present, 64-bit interrupt gate.
    private const ulong InterruptGate = 0x8eul << 40;

    private static Gates _gates;

    public static DescriptorTablePointer Pointer
    {
        get
        {
            DescriptorTablePointer pointer = default;
            pointer.Base = (ulong)Unsafe.AsPointer(ref _gates[0]);
            pointer.Limit = Vectors * 16 - 1;
            return pointer;
        }
    }

    public static void Build()
    {
        for (int vector = 0; vector < Vectors; vector++)
        {
            // What firmware left pending may be any; it is taken for a kick, which is ended and does no harm.
            uint index = vector < (int)HostVector.End ? (uint)vector : HostVector.Kick;
            ulong stub = Instruction.AddressOfVectors() + index * StubSize;
            _gates[2 * vector] = (stub & 0xffff) | (ulong)HypervisorLayout.CodeSelector << 16 | StackOf(vector) << 32
                | InterruptGate | (stub >> 16 & 0xffff) << 48;
            _gates[2 * vector + 1] = stub >> 32;
        }
    }

    // Interrupts come in windows where the stack is sound. Faults may be of the stack itself.
    private static ulong StackOf(int vector) => vector switch
    {
        Nmi => NmiStack,
        MachineCheck => MachineCheckStack,
        < Exceptions => FaultStack,
        _ => 0,
    };

    [InlineArray(2 * Vectors)]
    private struct Gates
    {
        private ulong _first;
    }
}
