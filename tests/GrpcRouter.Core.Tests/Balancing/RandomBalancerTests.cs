namespace GrpcRouter.Core.Tests;

public sealed class RandomBalancerTests
{
    [Fact]
    public async Task Each_instance_is_as_likely()
    {
        using Bench bench = new();
        await bench.InstancesAsync(5);
        Assert.All(new RandomBalancer().Count(bench.Pickable(), 10_000).Values, static count => Assert.InRange(count, 1_850, 2_150));
    }
}
