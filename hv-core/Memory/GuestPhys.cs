namespace Bulkhead.Memory;

/// <summary>A guest (intermediate) physical address, in bytes.</summary>
public readonly struct GuestPhys(ulong value)
{
    /// <summary>The bare number, for registers and page-table entries.</summary>
    public readonly ulong Value = value;

    public static GuestPhys operator +(GuestPhys address, ulong bytes) => new(address.Value + bytes);
    public static ulong operator -(GuestPhys end, GuestPhys start) => end.Value - start.Value;
    public static bool operator <(GuestPhys left, GuestPhys right) => left.Value < right.Value;
    public static bool operator >(GuestPhys left, GuestPhys right) => left.Value > right.Value;
    public static bool operator ==(GuestPhys left, GuestPhys right) => left.Value == right.Value;
    public static bool operator !=(GuestPhys left, GuestPhys right) => left.Value != right.Value;
    public override bool Equals(object? other) => false;
    public override int GetHashCode() => (int)Value;
}
