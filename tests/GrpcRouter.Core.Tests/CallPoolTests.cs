namespace GrpcRouter.Core.Tests;

public sealed class CallPoolTests
{
    [Fact]
    public void A_burst_of_calls_leaves_no_more_than_the_pools_capacity()
    {
        CallPool pool = new();
        for (int i = 0; i < CallPool.Capacity + 500; i++)
        {
            pool.Return(new RoutedCall());
        }

        Assert.Equal(CallPool.Capacity, pool.Count);
        pool.Rent();
        Assert.Equal(CallPool.Capacity - 1, pool.Count);
    }
}
