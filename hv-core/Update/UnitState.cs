using System.Runtime.InteropServices;

namespace Bulkhead.Update;

/// <summary>What is remembered of one unit's two slots; 24 bytes of a <see cref="StateRecord"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UnitState
{
    private const byte BadA = 1, Healthy = 4;

    /// <summary>The confirmed slot: 0 is a, 1 is b.</summary>
    public byte Active;
    /// <summary>1 while the other slot is on trial.</summary>
    public byte Trial;
    /// <summary>How often the slot on trial may still be launched.</summary>
    public byte Tries;
    private byte _flags;
    /// <summary>Why the other slot was given up, until it is written again.</summary>
    public BackReason Back;
    private byte _backBy;
    private readonly ushort _reserved;
    /// <summary>No package with a lower index is launched.</summary>
    public ulong Rollback;
    /// <summary>The index of the slot on trial, which counts once it is confirmed.</summary>
    public ulong TrialRollback;

    public readonly bool IsOnTrial => Trial != 0;

    public readonly int Other => Active ^ 1;

    /// <summary>The slot that runs, or would.</summary>
    public readonly int Current => IsOnTrial ? Other : Active;

    /// <summary>The unit that was the reason for <see cref="Back"/>; -1 where none was.</summary>
    public int BackBy
    {
        readonly get => _backBy - 1;
        set => _backBy = (byte)(value + 1);
    }

    /// <summary>Reported healthy in this trial; the rest of the set may have not.</summary>
    public bool IsHealthy
    {
        readonly get => (_flags & Healthy) != 0;
        set => _flags = (byte)(value ? _flags | Healthy : _flags & ~Healthy);
    }

    /// <summary>Not to be launched: half written, refused, or its trial failed.</summary>
    public readonly bool IsBad(int slot) => (_flags >> slot & BadA) != 0;

    public void SetBad(int slot, bool bad) => _flags = (byte)(bad ? _flags | BadA << slot : _flags & ~(BadA << slot));
}
