namespace GrpcRouter.Core.Tests;

public sealed class PickAllocationTests
{
    [Fact]
    public async Task A_pick_and_its_id_allocate_nothing()
    {
        using Bench bench = new();
        await bench.InstanceAsync("one");
        await bench.InstanceAsync("two");
        Assert.Equal(0, Allocated(bench, picks: 1_000));
    }

    // Counted for this thread, after a first round that compiles and grows what is to be kept.
    private static long Allocated(Bench bench, int picks)
    {
        RoutedCall call = new();
        Pick(bench, call, picks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pick(bench, call, picks);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Pick(Bench bench, RoutedCall call, int picks)
    {
        for (int i = 0; i < picks; i++)
        {
            Assert.True(bench.Router.TryPick(call, bench.Router.Plan[Probe.Unary].Target, 10, out InstanceChannel? picked, out ulong id, out _));
            picked.Forget(id);
        }
    }
}
