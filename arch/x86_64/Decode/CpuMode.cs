namespace Bulkhead.X86.Decode;

/// <summary>
/// What the code segment makes of an instruction's bytes (SDM vol. 1 3.6): CS.L, else CS.D. Real and virtual-8086 mode
/// are <see cref="Bits16"/>. The value is the default address size in bytes.
/// </summary>
public enum CpuMode : byte
{
    Bits16 = 2,
    Bits32 = 4,
    Bits64 = 8,
}
