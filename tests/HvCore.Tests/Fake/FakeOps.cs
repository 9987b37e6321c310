using Bulkhead.Memory;

namespace Bulkhead.Tests.Fake;

/// <summary>Every access and every maintenance operation goes to the current <see cref="FakeMachine"/>.</summary>
internal struct FakeOps : IPageTableOps
{
    public static ulong Read(HostPhys entry) => FakeMachine.Current.Read(entry.Value);

    public static void Write(HostPhys entry, ulong value) => FakeMachine.Current.Write(entry.Value, value);

    public static void ZeroPage(HostPhys page)
    {
        for (ulong offset = 0; offset < FakeMachine.PageSize; offset += sizeof(ulong))
            Write(page + offset, 0);
    }

    public static void Clean(HostPhys start, ulong bytes) => FakeMachine.Current.Clean(start.Value, bytes);
    public static void CompleteWrites() => FakeMachine.Current.CompleteWrites();
    public static void Invalidate(ulong input) => FakeMachine.Current.Invalidate(input);
    public static void InvalidateAll() => FakeMachine.Current.InvalidateAll();
    public static void CompleteInvalidation() => FakeMachine.Current.CompleteInvalidation();
    public static void Synchronize() => FakeMachine.Current.Synchronize();
}
