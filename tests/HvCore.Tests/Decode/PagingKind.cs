namespace Bulkhead.HvCore.Tests.Decode;

public enum PagingKind
{
    Bits32,
    Pae,
    Levels4,
    Levels5,
}
