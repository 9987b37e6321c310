namespace Bulkhead.ImageBuilder.Tests.CallCounts;

internal interface ISample
{
    static abstract int ImplementedCalledOnce();

    int CalledOnceAndByWayOfAnInterface();
}
