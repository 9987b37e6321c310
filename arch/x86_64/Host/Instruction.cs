using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Host;

/// <summary>Instructions C# has no words for; bodies in Boot/Accessors.S, Vectors.S and Entry.S.</summary>
internal static unsafe class Instruction
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Invlpg")] public static extern void Invlpg(ulong virtualAddress);
    /// <summary>Out of all caches into RAM. Bytes, virtual.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "FlushRange")] public static extern void FlushRange(ulong start, ulong bytes);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StackPointer")] public static extern ulong StackPointer();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "LoadTables")] public static extern void LoadTables(DescriptorTablePointer* gdt, DescriptorTablePointer* idt);

    /// <summary>The vector of one pending interrupt, or 0. Only here and in WaitForInterrupt are interrupts open.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TakeInterrupt")] public static extern uint TakeInterrupt();

    /// <summary>Sleeps until an interrupt and returns its vector, or 0 after an NMI.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WaitForInterrupt")] public static extern uint WaitForInterrupt();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MarkBoardStopped")] public static extern uint MarkBoardStopped();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "halt")] public static extern void Halt();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfBootTables")] public static extern ulong AddressOfBootTables();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfCpuBlocks")] public static extern ulong AddressOfCpuBlocks();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfVectors")] public static extern ulong AddressOfVectors();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfBootGdt")] public static extern ulong AddressOfBootGdt();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfText")] public static extern ulong AddressOfText();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfTextEnd")] public static extern ulong AddressOfTextEnd();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfPool")] public static extern ulong AddressOfPool();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfApStart")] public static extern ulong AddressOfApStart(ulong* end);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfApStart32")] public static extern ulong AddressOfApStart32();

    public static CpuidResult Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidResult result;
        CpuidCall(leaf, subleaf, &result);
        return result;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpuid")] private static extern void CpuidCall(uint leaf, uint subleaf, CpuidResult* result);
}
