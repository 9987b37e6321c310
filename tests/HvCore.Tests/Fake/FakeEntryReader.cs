using System;
using Bulkhead.Memory;

namespace Bulkhead.Tests.Fake;

/// <summary>How the fake machine's walkers read entries.</summary>
internal sealed record FakeEntryReader(
    Func<ulong, int, bool> IsValid, Func<ulong, int, bool> IsTable, Func<ulong, int, ulong> AddressOf, Func<int, ulong> SizeOf)
{
    public static FakeEntryReader Of<TFormat>(TFormat format) where TFormat : struct, IPageTableFormat => new(
        format.IsValid,
        format.IsTable,
        (entry, level) => format.AddressOf(entry, level).Value,
        level => 1ul << format.ShiftOf(level));
}
