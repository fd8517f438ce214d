namespace GrpcRouter.Core.Tests;

public sealed class HashBalancerTests
{
    private const int Keys = 5_000;

    // A table moves a few keys beside those of the newcomer; a ring none.
    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash, 4, 0)]
    [InlineData(LoadBalancingPolicies.RingHash, 10, 0)]
    [InlineData(LoadBalancingPolicies.RingHash, 50, 0)]
    [InlineData(LoadBalancingPolicies.Maglev, 10, Keys / 100)]
    public async Task Few_keys_move_when_an_instance_comes_or_goes(string policy, int count, int others)
    {
        using Bench bench = new(Hashing(policy));
        await bench.InstancesAsync(count);
        string[] before = Placed(bench);

        ScriptedInstance more = await bench.InstanceAsync("more");
        string[] joined = await SettledAsync(bench, static places => places.Contains("more"));
        Assert.InRange(Moved(before, joined), Keys / (count + 1) / 2, Keys * 1.5 / (count + 1));
        Assert.InRange(before.Zip(joined).Count(static pair => pair.First != pair.Second && pair.Second != "more"), 0, others);

        more.Lose();
        await more.Closed.Soon();
        Assert.Equal(before, await SettledAsync(bench, before.SequenceEqual));
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task Keys_stay_over_a_reconnect_of_the_same_identity(string policy)
    {
        using Bench bench = new(Hashing(policy));
        ScriptedInstance[] instances = await bench.InstancesAsync(5);
        string[] before = Placed(bench);
        ScriptedInstance again = await bench.InstanceAsync("i3", static hello => hello.Epoch = 2);
        Assert.Equal("i3 (2)", $"{again.Channel.InstanceId} ({again.Channel.Epoch})");
        Assert.Equal(before, Placed(bench));

        // And when it is away for a moment.
        again.Lose();
        await again.Closed.Soon();
        Assert.DoesNotContain("i3", Placed(bench));
        await bench.InstanceAsync("i3", static hello => hello.Epoch = 3);
        Assert.Equal(before, await SettledAsync(bench, static places => places.Contains("i3")));
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task Two_routers_agree_whatever_the_order_of_registrations(string policy)
    {
        using Bench one = new(Hashing(policy));
        using Bench other = new(Hashing(policy));
        await one.InstancesAsync(5);
        foreach (int i in (int[])[4, 2, 0, 1, 3])
        {
            await other.InstanceAsync($"i{i}");
        }

        Assert.Equal(Placed(one), Placed(other));
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash, 0.25)]
    [InlineData(LoadBalancingPolicies.Maglev, 0.05)]
    public async Task Shares_of_the_keys_follow_the_weights(string policy, double tolerance)
    {
        using Bench bench = new(Hashing(policy));
        await bench.InstanceAsync("one", static hello => hello.Weight = 1);
        await bench.InstanceAsync("three", static hello => hello.Weight = 3);
        await bench.InstanceAsync("six", static hello => hello.Weight = 6);
        ILookup<string, string> placed = Placed(bench).ToLookup(static id => id);
        Assert.Equal(0.1, placed["one"].Count() / (double)Keys, 0.1 * tolerance);
        Assert.Equal(0.3, placed["three"].Count() / (double)Keys, 0.3 * tolerance);
        Assert.Equal(0.6, placed["six"].Count() / (double)Keys, 0.6 * tolerance);
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task An_instance_that_drains_is_passed_over_at_once(string policy)
    {
        using Bench bench = new(Hashing(policy));
        ScriptedInstance[] instances = await bench.InstancesAsync(5);
        InstanceSnapshot before = bench.Pickable();
        ILoadBalancer balancer = LoadBalancerCatalog.BuiltIn[policy](bench.Context(new LoadBalancingOptions { HashHeader = "key" }));
        string[] placed = [.. Enumerable.Range(0, 100).Select(key => Place(balancer, before, key))];
        instances[2].Send(InstanceFrame.Of(new V1.InstanceControl { Drain = new V1.Drain() }));

        // Also by a pick that still holds the old list.
        string[] after = [.. Enumerable.Range(0, 100).Select(key => Place(balancer, before, key))];
        Assert.Contains("i2", placed);
        Assert.DoesNotContain("i2", after);
        Assert.All(placed.Zip(after), static pair => Assert.True(pair.First == pair.Second || pair.First == "i2"));
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task With_a_bound_no_instance_gets_more_than_its_multiple_of_the_mean(string policy)
    {
        using Bench bench = new(Hashing(policy, bound: 1.25));
        ScriptedInstance[] instances = await bench.InstancesAsync(10);
        RoutedCall call = new();
        for (int i = 0; i < 400; i++)
        {
            Assert.NotEqual(0ul, bench.Target().Pick(Picks.Call(Picks.Bringing(("key", "hot"))))!.Calls.Add(call));
        }

        Assert.All(instances, static instance => Assert.InRange(instance.Channel.ActiveCalls, 0, 50));
        Assert.Equal(50, instances.Max(static instance => instance.Channel.ActiveCalls));
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task A_further_attempt_goes_to_the_next_instance(string policy)
    {
        using Bench bench = new(Hashing(policy));
        await bench.InstancesAsync(5);
        TestLeg leg = Picks.Bringing(("key", "k"));
        string[] places = [.. Enumerable.Range(0, 3).Select(attempt => bench.Target().Pick(Picks.Call(leg, attempt))!.InstanceId)];
        Assert.NotEqual(places[0], places[1]);
        Assert.NotEqual(places[1], places[2]);
        Assert.Equal(places[1], bench.Target().Pick(Picks.Call(leg, attempt: 1))!.InstanceId);
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RingHash)]
    [InlineData(LoadBalancingPolicies.Maglev)]
    public async Task Calls_without_the_key_go_anywhere(string policy)
    {
        using Bench bench = new(Hashing(policy));
        await bench.InstancesAsync(4);
        HashSet<string> places = [.. Enumerable.Range(0, 200).Select(_ => bench.Target().Pick(Picks.Call())!.InstanceId)];
        Assert.Equal(4, places.Count);
    }

    [Theory]
    [InlineData(3, 1_024, 4_096, 384)]
    [InlineData(3, 1, 4_096, 3)]
    [InlineData(3, 1_024, 300, 300)]
    [InlineData(12, 8, 10, 12)]
    public async Task A_ring_has_as_many_points_for_each_up_to_its_greatest_size(int instances, int minSize, int maxSize, int expected)
    {
        using Bench bench = new();
        await bench.InstancesAsync(instances);
        Assert.Equal(expected, RingTable.Build(HashOwner.Of(bench.Pickable()), minSize, maxSize).Length);
    }

    [Fact]
    public void A_long_key_is_hashed_as_a_whole()
    {
        string one = new('k', 1_000);
        Assert.NotEqual(KeyHash.Of(one), KeyHash.Of(one + "l"));
        Assert.Equal(KeyHash.Of(new string('ü', 128)), System.IO.Hashing.XxHash64.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(new string('ü', 128))));
    }

    private static RouterOptions Hashing(string policy, double? bound = null) => new()
    {
        Defaults = { LoadBalancing = { Policy = policy, HashHeader = "key", BoundedLoad = bound } },
    };

    private static string[] Placed(Bench bench)
    {
        string[] placed = new string[Keys];
        for (int i = 0; i < Keys; i++)
        {
            placed[i] = bench.Target().Pick(Picks.Call(Picks.Bringing(("key", $"key-{i}"))))!.InstanceId;
        }

        return placed;
    }

    private static string Place(ILoadBalancer balancer, InstanceSnapshot instances, int key) =>
        balancer.Pick(instances, Picks.Call(Picks.Bringing(("key", $"key-{key}"))))!.InstanceId;

    // A table that is not the first is built in the background; while it is, the one before serves.
    private static async Task<string[]> SettledAsync(Bench bench, Func<string[], bool> settled)
    {
        string[] placed = [];
        await Task.Run(() => Patience.Until(() => settled(placed = Placed(bench)), "The table is built."));
        return Placed(bench);
    }

    private static int Moved(string[] before, string[] after) => before.Zip(after).Count(static pair => pair.First != pair.Second);
}
