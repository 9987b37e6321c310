using Bulkhead.Memory;

namespace Bulkhead.Tests.Fake;

/// <summary>Every access and every maintenance operation goes to the current <see cref="FakeMachine"/>.</summary>
internal readonly struct FakeOps : IPageTableOps
{
    public ulong Read(HostPhys entry) => FakeMachine.Current.Read(entry.Value);

    public void Write(HostPhys entry, ulong value) => FakeMachine.Current.Write(entry.Value, value);

    public void ZeroPage(HostPhys page)
    {
        for (ulong offset = 0; offset < FakeMachine.PageSize; offset += sizeof(ulong))
            Write(page + offset, 0);
    }

    public void Clean(HostPhys start, ulong bytes) => FakeMachine.Current.Clean(start.Value, bytes);
    public void CompleteWrites() => FakeMachine.Current.CompleteWrites();
    public void Invalidate(ulong input) => FakeMachine.Current.Invalidate(input);
    public void InvalidateAll() => FakeMachine.Current.InvalidateAll();
    public void CompleteInvalidation() => FakeMachine.Current.CompleteInvalidation();
    public void Synchronize() => FakeMachine.Current.Synchronize();
}
