namespace Bulkhead.BuildGates;

/// <summary>e_machine.</summary>
public enum ElfMachine : ushort
{
    X64 = 62,
    Arm64 = 183,
}
