using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Svm;

/// <summary>VMCB offset 060h (APM 2 15.21.4): an interrupt the CPU delivers to the guest by itself as soon as the guest can take it.</summary>
internal readonly struct VirtualInterrupt(ulong value)
{
    // V_INTR_MASKING: the guest's RFLAGS.IF and CR8 are its own, physical interrupts follow the host's RFLAGS.IF.
    private const ulong Masking = 1ul << 24;
    private const ulong Irq = 1ul << 8;

    public ulong Value { get; } = value;

    /// <summary>Nothing to deliver.</summary>
    public static VirtualInterrupt None(uint taskPriority) => new(Masking | taskPriority);

    /// <summary>Delivered when RFLAGS.IF is set, no shadow is on and the vector's class is above the guest's CR8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VirtualInterrupt Of(uint vector, uint taskPriority) =>
        new(Masking | Irq | taskPriority | (ulong)(vector >> 4) << 16 | (ulong)vector << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public VirtualInterrupt WithTaskPriority(uint taskPriority) => new(Value & ~0xful | taskPriority);

    /// <summary>Not delivered yet.</summary>
    public bool IsPending
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Value & Irq) != 0;
    }

    /// <summary>The guest's CR8: bits 7:4 of its local APIC's task priority.</summary>
    public uint TaskPriority
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)Value & 0xf;
    }

    public uint Vector => (byte)(Value >> 32);

    public bool IsAboveTaskPriority => ((uint)(Value >> 16) & 0xf) > TaskPriority;
}
