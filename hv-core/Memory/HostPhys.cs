namespace Bulkhead.Memory;

/// <summary>A physical address of the board, in bytes.</summary>
public readonly struct HostPhys(ulong value)
{
    /// <summary>The bare number, for registers and page-table entries.</summary>
    public readonly ulong Value = value;

    public static HostPhys operator +(HostPhys address, ulong bytes) => new(address.Value + bytes);
    public static ulong operator -(HostPhys end, HostPhys start) => end.Value - start.Value;
    public static bool operator <(HostPhys left, HostPhys right) => left.Value < right.Value;
    public static bool operator >(HostPhys left, HostPhys right) => left.Value > right.Value;
    public static bool operator ==(HostPhys left, HostPhys right) => left.Value == right.Value;
    public static bool operator !=(HostPhys left, HostPhys right) => left.Value != right.Value;
    public override bool Equals(object? other) => false;
    public override int GetHashCode() => (int)Value;
}
