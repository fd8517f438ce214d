using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>What an ejection does to the instances that are picked.</summary>
public sealed class OutlierEjectionTests
{
    [Fact]
    public async Task An_ejected_instance_is_not_picked_while_others_are_there_and_comes_back()
    {
        using Bench bench = new(Options());
        ScriptedInstance[] instances = [await bench.InstanceAsync("one"), await bench.InstanceAsync("two"), await bench.InstanceAsync("three")];
        Fail(instances[1]);
        Assert.Equal(["one", "three", "two"], Picked(bench));

        bench.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(instances[1].Channel.Instance.IsEjected);
        Assert.Equal(["one", "three"], Picked(bench));

        // The ejection is over after 30 s, which the next interval finds.
        bench.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(["one", "three", "two"], Picked(bench));
    }

    [Fact]
    public async Task When_all_are_ejected_all_are_picked()
    {
        using Bench bench = new(Options());
        Fail(await bench.InstanceAsync("one"));
        Fail(await bench.InstanceAsync("two"));

        bench.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.All(bench.Router.Registry.Instances, static instance => Assert.True(instance.IsEjected));
        Assert.Equal(["one", "two"], Picked(bench));
    }

    [Fact]
    public async Task With_fewer_well_instances_than_the_panic_threshold_ejections_are_disregarded()
    {
        RouterOptions options = Options();
        options.Defaults.PanicThreshold = 50;
        using Bench bench = new(options);
        ScriptedInstance[] instances = [await bench.InstanceAsync("one"), await bench.InstanceAsync("two"), await bench.InstanceAsync("three")];
        Fail(instances[0]);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["three", "two"], Picked(bench));

        Fail(instances[1]);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["one", "three", "two"], Picked(bench));
    }

    [Fact]
    public async Task An_unhealthy_instance_is_picked_only_when_no_other_is_left()
    {
        using Bench bench = new(Options());
        ScriptedInstance one = await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        one.Send(InstanceFrame.Of(new InstanceControl { LoadReport = new LoadReport { Health = HealthStatus.NotServing } }));
        Assert.Equal(["two"], Picked(bench));

        two.Hangup();
        await two.Closed.Soon();
        Assert.Equal(["one"], Picked(bench));
    }

    [Fact]
    public async Task An_ejection_outlives_a_reconnect()
    {
        using Bench bench = new(Options());
        await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        Fail(two);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        two.Hangup();
        await two.Closed.Soon();

        ScriptedInstance again = await bench.InstanceAsync("two");

        Assert.True(again.Channel.Instance.IsEjected);
        Assert.Equal(["one"], Picked(bench));
    }

    [Fact]
    public async Task An_ejected_instance_that_stays_away_is_forgotten_when_its_time_is_over()
    {
        using Bench bench = new(Options());
        await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        Fail(two);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        two.Hangup();
        await two.Closed.Soon();
        Assert.Equal(2, bench.Router.Registry.Instances.Length);

        bench.Time.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal("one", Assert.Single(bench.Router.Registry.Instances).Id);
    }

    [Fact]
    public void Outcomes_are_tracked_only_where_instances_are_judged()
    {
        using Bench judged = new(Options());
        using Bench plain = new();
        Assert.True(judged.Router.Plan.TracksOutcomes);
        Assert.False(plain.Router.Plan.TracksOutcomes);
    }

    private static RouterOptions Options()
    {
        RouterOptions options = new() { KeepAliveInterval = TimeSpan.FromHours(1) };
        options.Defaults.OutlierDetection.MaxEjectionPercent = 100;
        options.Defaults.OutlierDetection.FailurePercentage = new() { MinimumHosts = 1, RequestVolume = 5 };
        return options;
    }

    private static void Fail(ScriptedInstance instance)
    {
        for (int i = 0; i < 5; i++)
        {
            instance.Channel.Instance.RecordOutcome(success: false);
        }
    }

    private static string[] Picked(Bench bench)
    {
        PickTarget target = bench.Router.Plan[Probe.Unary].Open.Target;
        TestLeg leg = new();
        return [.. Enumerable.Range(0, 12)
            .Select(_ => target.Pick(new PickContext(Probe.Unary, 0, leg, bench.Hub.Random))!.InstanceId)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }
}
