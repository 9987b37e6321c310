using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>ESR_EL2, the exception syndrome (DDI 0487 D24.2.40).</summary>
internal readonly struct EsrEl2(ulong value)
{
    /// <summary>IL: the trapped instruction is 32 bits long.</summary>
    public const ulong Il = 1ul << 25;

    public readonly ulong Value = value;

    public ExceptionClass Class => (ExceptionClass)((uint)Value >> 26);

    // Data aborts (ISS, D24.2.40): valid syndrome, access size, sign extension, transfer register, 64-bit register,
    // write, stage 1 walk, fault status.
    public bool HasSyndrome => (Value & (1u << 24)) != 0;
    public uint AccessSizeLog2 => (uint)(Value >> 22) & 3;
    public bool SignExtend => (Value & (1u << 21)) != 0;
    public uint TransferRegister => (uint)(Value >> 16) & 31;
    public bool SixtyFour => (Value & (1u << 15)) != 0;
    public bool CacheMaintenance => (Value & (1u << 8)) != 0;
    public bool Stage1Walk => (Value & (1u << 7)) != 0;
    public bool IsWrite => (Value & (1u << 6)) != 0;
    public uint FaultStatus => (uint)Value & 0x3f;

    /// <summary>A valid syndrome, and DFSC 0b0001xx: a translation fault of any level.</summary>
    public bool IsEmulatable => (Value & (1u << 24 | 0x3c)) == (1u << 24 | 0x04);

    public AccessSize AccessSize => (AccessSize)(1u << (int)AccessSizeLog2);

    // System register traps.
    public bool IsRead => (Value & 1) != 0;
    public uint SystemRegisterTarget => (uint)(Value >> 5) & 31;
    public SystemRegisterName Register => (SystemRegisterName)((uint)Value & SystemRegisterKey.Mask);
}
