namespace GrpcRouter.Core.Tests;

public sealed class LabelRouteTests
{
    [Fact]
    public async Task A_call_goes_to_instances_with_the_label_it_brings()
    {
        using Bench bench = new(Labelled(("x-version", "version"), ("x-zone", "zone")));
        await AddAsync(bench, "v1", "a");
        await AddAsync(bench, "v1", "b");
        await AddAsync(bench, "v2", "a");
        Assert.Equal("v1a v1b", Places(bench, ("x-version", "v1")));
        Assert.Equal("v1a v2a", Places(bench, ("x-zone", "a")));
        Assert.Equal("v1b", Places(bench, ("x-version", "v1"), ("x-zone", "b")));
        Assert.Equal("v1a v1b v2a", Places(bench));
    }

    [Fact]
    public async Task A_value_that_nobody_has_is_unavailable_and_named()
    {
        using Bench bench = new(Labelled(("x-version", "version"), ("x-zone", "zone")));
        await AddAsync(bench, "v1", "a");
        await AddAsync(bench, "v2", "b");
        TestLeg leg = Picks.Bringing(("x-version", "v1"), ("x-zone", "b"));
        bench.Call(Probe.Unary, leg).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await leg.OutcomeAsync());
        Assert.Equal("No instance of probe.Probe with version=v1, zone=b is registered.", leg.RouterEnd!.Value.Message);
    }

    [Fact]
    public async Task Values_that_callers_make_up_take_no_room()
    {
        LabelFamily family = Family("version");
        using Bench bench = new();
        bench.Router.Registry.AddGroup(family);
        ScriptedInstance one = await AddAsync(bench, "v1", "a");
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(0, family.For(Picks.Bringing(("x-version", $"made-up-{i}"))).Count);
        }

        Assert.Equal(1, family.Count);
        one.Lose();
        await one.Closed.Soon();
        Assert.Equal(0, family.Count);
    }

    [Fact]
    public async Task A_call_that_waits_finds_the_instance_that_comes_later()
    {
        LabelFamily family = Family("version");
        using Bench bench = new();
        bench.Router.Registry.AddGroup(family);
        PickTarget waiting = family.For(Picks.Bringing(("x-version", "v1")));
        Assert.Null(waiting.Pick(Picks.Call()));
        ScriptedInstance first = await AddAsync(bench, "v1", "a");
        Assert.Same(first.Channel, waiting.Pick(Picks.Call()));

        // One that was there, went and came back is found by who kept the target meanwhile.
        PickTarget kept = family.For(Picks.Bringing(("x-version", "v1")));
        first.Lose();
        await first.Closed.Soon();
        Assert.Equal((0, 0), (kept.Count, waiting.Count));
        ScriptedInstance second = await AddAsync(bench, "v1", "a");
        Assert.Same(second.Channel, kept.Pick(Picks.Call()));
        Assert.Same(second.Channel, waiting.Pick(Picks.Call()));
    }

    [Fact]
    public async Task A_caller_chooses_among_what_its_rule_leads_to()
    {
        RouterOptions options = Labelled(("x-version", "version"));
        options.Service("probe.Probe").Routing.Rules.Add(new RouteRuleOptions { Targets = { new RouteTargetOptions { Labels = { ["zone"] = "a" } } } });
        using Bench bench = new(options);
        await AddAsync(bench, "v1", "a");
        await AddAsync(bench, "v1", "b");
        await AddAsync(bench, "v2", "b");
        Assert.Equal("v1a", Places(bench, ("x-version", "v1")));
        TestLeg leg = Picks.Bringing(("x-version", "v2"));
        Assert.Equal(0, bench.Router.Plan[Probe.Unary].RoutesFor(leg.Tenant).Route(leg, Picks.Random).Count);
    }

    [Fact]
    public async Task Health_counts_in_the_chosen_subset_too()
    {
        using Bench bench = new(Labelled(("x-version", "version")));
        ScriptedInstance unwell = await AddAsync(bench, "v1", "a");
        await AddAsync(bench, "v1", "b");
        Assert.Equal("v1a v1b", Places(bench, ("x-version", "v1")));
        unwell.Report(new V1.LoadReport { Health = V1.HealthStatus.NotServing });
        Assert.Equal("v1b", Places(bench, ("x-version", "v1")));
    }

    private static RouterOptions Labelled(params (string Key, string Label)[] headers)
    {
        RouterOptions options = new();
        foreach ((string key, string label) in headers)
        {
            options.Service("probe.Probe").Routing.LabelHeaders[key] = label;
        }

        return options;
    }

    private static LabelFamily Family(string label) => new(
        LabelSelector.Any,
        [new LabelHeader($"x-{label}", label)],
        static (family, key, selector) => new FamilySubset(family, key, selector, LocalityPlan.None, panicThreshold: 0),
        new PickRules(static () => new RandomBalancer(), IsExclusive: false, KeepsSessions: false));

    private static Task<ScriptedInstance> AddAsync(Bench bench, string version, string zone) =>
        bench.InstanceAsync(version + zone, hello => hello.Labels.Add(new Dictionary<string, string> { ["version"] = version, ["zone"] = zone }));

    private static string Places(Bench bench, params (string, string)[] metadata)
    {
        TestLeg leg = Picks.Bringing(metadata);
        IEnumerable<string> places = Enumerable.Range(0, 40).Select(_ => bench.Router.Plan[Probe.Unary].RoutesFor(leg.Tenant).Route(leg, Picks.Random).Pick(Picks.Call(leg))!.InstanceId);
        return string.Join(' ', places.Distinct().Order(StringComparer.Ordinal));
    }
}
