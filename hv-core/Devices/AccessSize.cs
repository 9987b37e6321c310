namespace Bulkhead.Devices;

/// <summary>The width of one device access; the value is the number of bytes.</summary>
public enum AccessSize : uint
{
    Byte = 1,
    HalfWord = 2,
    Word = 4,
    DoubleWord = 8,
}
