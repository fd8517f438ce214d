namespace GrpcRouter.Core.Tests;

public sealed class RouteTableTests
{
    [Fact]
    public async Task A_canary_of_5_percent_gets_4_to_6_and_keeps_its_callers()
    {
        using Bench bench = new(Ruled(static rule => Split(rule, sticky: "x-user")));
        await InstancesAsync(bench);
        int canaries = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string place = Place(bench, ("x-user", $"user-{i}"));
            canaries += place == "v2" ? 1 : 0;
            if (i < 500)
            {
                Assert.Equal(place, Place(bench, ("x-user", $"user-{i}")));
            }
        }

        Assert.InRange(canaries, 800, 1_200);
    }

    [Fact]
    public async Task A_larger_canary_keeps_the_callers_it_had()
    {
        using Bench small = new(Ruled(static rule => Split(rule, sticky: "x-user")));
        using Bench large = new(Ruled(static rule => Split(rule, sticky: "x-user", percent: 20)));
        await InstancesAsync(small);
        await InstancesAsync(large);
        string[] users = [.. Enumerable.Range(0, 2_000).Select(static i => $"user-{i}")];
        string[] before = [.. users.Where(user => Place(small, ("x-user", user)) == "v2")];
        Assert.NotEmpty(before);
        Assert.All(before, user => Assert.Equal("v2", Place(large, ("x-user", user))));
    }

    [Fact]
    public async Task Without_the_key_each_call_is_drawn_for_itself()
    {
        using Bench bench = new(Ruled(static rule => Split(rule, sticky: "x-user")));
        await InstancesAsync(bench);
        Assert.InRange(Enumerable.Range(0, 20_000).Count(_ => Place(bench) == "v2"), 800, 1_200);
    }

    [Theory]
    [InlineData(null, null, null, false, "yes", true)]
    [InlineData(null, null, null, false, null, false)]
    [InlineData("yes", null, null, false, "yes", true)]
    [InlineData("yes", null, null, false, "yes!", false)]
    [InlineData(null, "ye", null, false, "yes", true)]
    [InlineData(null, "es", null, false, "yes", false)]
    [InlineData(null, null, "es", false, "yes", true)]
    [InlineData(null, null, "ye", false, "yes", false)]
    [InlineData("yes", null, null, true, "no", true)]
    [InlineData("yes", null, null, true, null, true)]
    [InlineData("yes", null, null, true, "yes", false)]
    public async Task A_header_matches_by_its_condition(string? exact, string? prefix, string? suffix, bool invert, string? value, bool matches)
    {
        using Bench bench = new(Ruled(rule =>
        {
            rule.Headers.Add(new HeaderMatchOptions { Name = "X-Canary", Exact = exact, Prefix = prefix, Suffix = suffix, Invert = invert });
            rule.Targets.Add(To("v2"));
        }));
        await InstancesAsync(bench);
        Assert.Equal(matches, Places(bench, value is null ? [] : [("x-canary", value)]) == "v2");
    }

    [Fact]
    public async Task The_first_rule_that_matches_decides_and_a_call_that_none_matches_goes_anywhere()
    {
        using Bench bench = new(Ruled(
            static rule =>
            {
                rule.Headers.Add(new HeaderMatchOptions { Name = "x-canary" });
                rule.Targets.Add(To("v2"));
            },
            static rule =>
            {
                rule.Methods.Add("Unary");
                rule.Headers.Add(new HeaderMatchOptions { Name = "x-stable" });
                rule.Targets.Add(To("v1"));
            }));
        await InstancesAsync(bench);
        Assert.Equal("v2", Places(bench, [("x-canary", "1"), ("x-stable", "1")]));
        Assert.Equal("v1", Places(bench, [("x-stable", "1")]));
        Assert.Equal("v1 v2", Places(bench, []));
        Assert.Equal("v1 v2", Places(bench, [("x-stable", "1")], Probe.Duplex));
    }

    [Fact]
    public async Task A_rule_can_be_for_tenants()
    {
        RouterOptions options = Ruled(static rule =>
        {
            rule.Tenants.Add("acme");
            rule.Targets.Add(To("v2"));
        });
        options.Tenants.Source = TenantSource.Caller;
        using Bench bench = new(options);
        await InstancesAsync(bench);
        Assert.Equal("v2", Places(bench, [("x-tenant", "acme")]));
        Assert.Equal("v1 v2", Places(bench, [("x-tenant", "other")]));
        Assert.Equal("v1 v2", Places(bench, []));
    }

    [Fact]
    public async Task A_target_without_instances_is_unavailable_or_falls_back()
    {
        using Bench strict = new(Ruled(static rule => rule.Targets.Add(To("v3"))));
        await InstancesAsync(strict);
        TestLeg leg = strict.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await leg.OutcomeAsync());
        Assert.Contains("version=v3", leg.RouterEnd!.Value.Message, StringComparison.Ordinal);

        using Bench lenient = new(Ruled(static rule => rule.Targets.Add(To("v3", fallBack: true))));
        await InstancesAsync(lenient);
        Assert.Equal("v1 v2", Places(lenient, []));
        await lenient.InstanceAsync("v3", static hello => hello.Labels["version"] = "v3");
        Assert.Equal("v3", Places(lenient, []));
    }

    [Theory]
    [InlineData(5, 2, 2)]
    [InlineData(2, 5, 2)]
    [InlineData(null, 5, 5)]
    [InlineData(5, null, 5)]
    public void A_rule_shortens_the_time_of_its_calls(int? method, int? rule, int expected)
    {
        RouterOptions options = Ruled(target =>
        {
            target.Headers.Add(new HeaderMatchOptions { Name = "x-quick" });
            target.Timeout = rule is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            target.Targets.Add(new RouteTargetOptions());
        });
        options.Service("probe.Probe").Timeout = method is { } own ? TimeSpan.FromSeconds(own) : null;
        using Bench bench = new(options);
        MethodPlan plan = bench.Router.Plan[Probe.Unary];
        Assert.Equal(TimeSpan.FromSeconds(expected), plan.TimeoutFor(Picks.Bringing(("x-quick", "1"))));
        Assert.Equal(plan.Timeout, plan.TimeoutFor(Picks.Bringing()));
    }

    [Fact]
    public async Task A_call_ends_at_the_time_of_its_rule()
    {
        using Bench bench = new(Ruled(static rule =>
        {
            rule.Timeout = TimeSpan.FromSeconds(2);
            rule.Targets.Add(new RouteTargetOptions());
        }));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, _) = await bench.StartAsync(instance, Probe.Unary);
        bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
    }

    [Fact]
    public void A_method_without_rules_has_no_table()
    {
        using Bench bench = new(Ruled(static rule =>
        {
            rule.Methods.Add("Duplex");
            rule.Targets.Add(To("v2"));
        }));
        Assert.Null(bench.Router.Plan[Probe.Unary].Open.Routes);
        Assert.NotNull(bench.Router.Plan[Probe.Duplex].Open.Routes);
    }

    private static RouterOptions Ruled(params Action<RouteRuleOptions>[] rules)
    {
        RouterOptions options = new();
        foreach (Action<RouteRuleOptions> set in rules)
        {
            RouteRuleOptions rule = new();
            set(rule);
            options.Service("probe.Probe").Routing.Rules.Add(rule);
        }

        return options;
    }

    private static void Split(RouteRuleOptions rule, string sticky, int percent = 5)
    {
        rule.StickyHeader = sticky;
        rule.Targets.Add(To("v2", weight: percent));
        rule.Targets.Add(To("v1", weight: 100 - percent));
    }

    private static RouteTargetOptions To(string version, int weight = 1, bool fallBack = false) =>
        new() { Labels = { ["version"] = version }, Weight = weight, FallBackToAny = fallBack };

    private static async Task InstancesAsync(Bench bench)
    {
        foreach (string version in (string[])["v1", "v2"])
        {
            await bench.InstanceAsync(version, hello => hello.Labels["version"] = version);
        }
    }

    private static string Place(Bench bench, params (string, string)[] metadata)
    {
        TestLeg leg = Picks.Bringing(metadata);
        return bench.Router.Plan[Probe.Unary].RoutesFor(leg.Tenant).Route(leg, Picks.Random).Pick(Picks.Call(leg))!.InstanceId;
    }

    // All that many calls meet.
    private static string Places(Bench bench, (string, string)[] metadata, RoutedMethod? method = null)
    {
        TestLeg leg = Picks.Bringing(metadata);
        IEnumerable<string> places = Enumerable.Range(0, 20).Select(_ => bench.Router.Plan[method ?? Probe.Unary].RoutesFor(leg.Tenant).Route(leg, Picks.Random).Pick(Picks.Call(leg))!.InstanceId);
        return string.Join(' ', places.Distinct().Order(StringComparer.Ordinal));
    }
}
