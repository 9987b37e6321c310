using System;
using Bulkhead.Memory;

namespace Bulkhead.Tests.Fake;

/// <summary>How the fake machine's walkers read entries.</summary>
internal sealed record FakeEntryReader(
    Func<ulong, int, bool> IsValid, Func<ulong, int, bool> IsTable, Func<ulong, int, ulong> AddressOf, Func<int, ulong> SizeOf)
{
    public static FakeEntryReader Of<TFormat>() where TFormat : struct, IPageTableFormat => new(
        TFormat.IsValid,
        TFormat.IsTable,
        (entry, level) => TFormat.AddressOf(entry, level).Value,
        level => 1ul << TFormat.ShiftOf(level));
}
