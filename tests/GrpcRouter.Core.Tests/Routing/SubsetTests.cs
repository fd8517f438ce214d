using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class SubsetTests
{
    [Fact]
    public async Task An_instance_that_is_unwell_is_not_picked_while_others_are_there()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(4);
        instances[0].Report(new LoadReport { Health = HealthStatus.NotServing });
        instances[1].Report(new LoadReport { Health = HealthStatus.Draining });
        instances[2].Channel.Instance.SetEjected("It failed.");
        bench.Router.Registry.Update(instances[2].Channel.Instance);
        Assert.Equal(["i3"], Picked(bench));

        instances[3].Report(new LoadReport { Health = HealthStatus.NotServing });
        Assert.Equal(["i0", "i1", "i2", "i3"], Picked(bench));

        instances[0].Report(new LoadReport { Health = HealthStatus.Serving });
        Assert.Equal(["i0"], Picked(bench));
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(50, 2, false)]
    [InlineData(50, 1, true)]
    [InlineData(100, 4, false)]
    [InlineData(100, 3, true)]
    public async Task With_fewer_well_than_the_threshold_all_are_picked(int threshold, int well, bool panics)
    {
        using Bench bench = new(new RouterOptions { Defaults = { PanicThreshold = threshold } });
        ScriptedInstance[] instances = await bench.InstancesAsync(4);
        foreach (ScriptedInstance instance in instances.Skip(well))
        {
            instance.Report(new LoadReport { Health = HealthStatus.NotServing });
        }

        Assert.Equal(panics ? 4 : well, Picked(bench).Length);
    }

    [Fact]
    public async Task Calls_stay_in_the_zone_and_move_on_as_its_instances_fail()
    {
        using Bench bench = new(new RouterOptions { Defaults = { Locality = { Region = "eu", Zone = "a" } } });
        ScriptedInstance[] zone = await InAsync(bench, "eu", "a", 4);
        await InAsync(bench, "eu", "b", 4);
        await InAsync(bench, "us", "a", 4);
        Assert.Equal(100, SharesOf(bench)["eu-a"]);

        zone[0].Report(new LoadReport { Health = HealthStatus.NotServing });
        Assert.Equal(100, SharesOf(bench)["eu-a"]);

        zone[1].Report(new LoadReport { Health = HealthStatus.NotServing });
        Dictionary<string, int> shares = SharesOf(bench);
        Assert.InRange(shares["eu-a"], 66, 74);
        Assert.Equal(100, shares["eu-a"] + shares["eu-b"]);

        zone[2].Lose();
        zone[3].Lose();
        await Task.WhenAll(zone[2].Closed, zone[3].Closed).Soon();
        Assert.Equal(100, SharesOf(bench)["eu-b"]);
    }

    [Fact]
    public async Task A_channel_that_is_withdrawn_twice_is_gone_once()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(2);
        Subset subset = new(LabelSelector.Any, LocalityPlan.None, panicThreshold: 0);
        subset.Add(instances[0].Channel);
        subset.Add(instances[0].Channel);
        subset.Add(instances[1].Channel);
        Assert.Equal((2, 2), (subset.Current.Count, subset.Current.WellCount));
        subset.Remove(instances[0].Channel);
        subset.Remove(instances[0].Channel);
        Assert.Equal((1, 1), (subset.Current.Count, subset.Current.WellCount));
        subset.Remove(instances[1].Channel);
        Assert.Equal((0, 0, true), (subset.Current.Count, subset.Current.WellCount, subset.IsEmpty));
    }

    private static string[] Picked(Bench bench) =>
        [.. Enumerable.Range(0, 100).Select(_ => bench.Target().Pick(Picks.Call())!.InstanceId).Distinct().Order(StringComparer.Ordinal)];

    private static async Task<ScriptedInstance[]> InAsync(Bench bench, string region, string zone, int count)
    {
        ScriptedInstance[] instances = new ScriptedInstance[count];
        for (int i = 0; i < count; i++)
        {
            instances[i] = await bench.InstanceAsync($"{region}-{zone}-{i}", hello => hello.Labels.Add(new Dictionary<string, string> { ["region"] = region, ["zone"] = zone }));
        }

        return instances;
    }

    // In percent.
    private static Dictionary<string, int> SharesOf(Bench bench)
    {
        Dictionary<string, int> counts = new() { ["eu-a"] = 0, ["eu-b"] = 0, ["us-a"] = 0 };
        for (int i = 0; i < 10_000; i++)
        {
            counts[bench.Target().Pick(Picks.Call())!.InstanceId[..4]]++;
        }

        return counts.ToDictionary(static pair => pair.Key, static pair => (int)Math.Round(pair.Value / 100.0));
    }
}
