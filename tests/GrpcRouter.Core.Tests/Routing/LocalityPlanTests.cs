namespace GrpcRouter.Core.Tests;

public sealed class LocalityPlanTests
{
    // Cumulative percentages for the zone, the region and elsewhere, by hand.
    [Theory]
    [InlineData("4 4 4", "4 4 4", "100 100 100")]
    [InlineData("3 4 4", "4 4 4", "100 100 100")]
    [InlineData("2 4 4", "4 4 4", "70 100 100")]
    [InlineData("0 4 4", "4 4 4", "0 100 100")]
    [InlineData("0 0 4", "0 0 4", "0 0 100")]
    [InlineData("1 1 4", "4 4 4", "35 70 100")]
    [InlineData("1 1 1", "4 10 10", "56 78 100")]
    [InlineData("1 0 0", "10 10 10", "100 100 100")]
    [InlineData("0 1 0", "10 10 10", "0 100 100")]
    public void A_locality_keeps_its_part_of_well_instances_times_the_overprovisioning(string well, string total, string expected) =>
        Assert.Equal(Numbers(expected), new LocalityPlan("eu", "a", 1.4).Shares(Numbers(well), Numbers(total)));

    [Theory]
    [InlineData("eu", "a", 0)]
    [InlineData("eu", "b", 1)]
    [InlineData("eu", null, 1)]
    [InlineData("us", "a", 2)]
    [InlineData(null, null, 2)]
    public async Task Near_is_the_same_zone_then_the_same_region(string? region, string? zone, int expected)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync("one", hello =>
        {
            if (region is not null)
            {
                hello.Labels["region"] = region;
            }

            if (zone is not null)
            {
                hello.Labels["zone"] = zone;
            }
        });
        Assert.Equal(expected, new LocalityPlan("eu", "a", 1.4).RankOf(instance.Channel));
        Assert.Equal(0, LocalityPlan.None.RankOf(instance.Channel));
    }

    private static int[] Numbers(string text) => [.. text.Split(' ').Select(int.Parse)];
}
