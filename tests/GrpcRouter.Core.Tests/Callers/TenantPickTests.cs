using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class TenantPickTests
{
    [Fact]
    public async Task A_call_meets_instances_for_everyone_and_those_set_aside_for_its_tenant_and_no_other()
    {
        using Bench bench = new(TenantHouse.Options());
        await bench.AddAsync("all", null);
        await bench.AddAsync("a", "a");
        await bench.AddAsync("ab", "ab");

        Assert.Equal("a ab all", bench.Places("a"));
        Assert.Equal("ab all", bench.Places("b"));
        Assert.Equal("all", bench.Places("c"));
        Assert.Equal("all", bench.Places(null));
    }

    [Theory]
    [InlineData("round_robin")]
    [InlineData("random")]
    [InlineData("weighted_round_robin")]
    [InlineData("least_request")]
    [InlineData("power_of_two")]
    [InlineData("peak_ewma")]
    [InlineData("ring_hash")]
    [InlineData("maglev")]
    public async Task Every_policy_picks_among_them(string policy)
    {
        using Bench bench = new(TenantHouse.Options(o =>
        {
            o.Defaults.LoadBalancing.Policy = policy;
            o.Defaults.LoadBalancing.HashHeader = policy is "ring_hash" or "maglev" ? "key" : null;
            o.Defaults.LoadBalancing.BoundedLoad = policy is "ring_hash" or "maglev" ? 1.5 : null;
        }));
        await bench.AddAsync("all", null);
        await bench.AddAsync("a", "a");
        await bench.AddAsync("b", "b");

        Assert.Equal("a all", bench.Places("a"));
        Assert.Equal("all", bench.Places(null));
        for (int key = 0; key < 50; key++)
        {
            Assert.DoesNotContain("b", bench.Places("a", ("key", $"{key}")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_instance_that_a_call_names_must_serve_its_tenant()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.LoadBalancing.Policy = LoadBalancingPolicies.Instance));
        await bench.AddAsync("mine", "a");
        await bench.AddAsync("theirs", "b");

        Assert.Equal("mine", bench.Places("a", ("x-instance-id", "mine")));
        Assert.Equal("-", bench.Places("a", ("x-instance-id", "theirs")));
        Assert.Equal("-", bench.Places(null, ("x-instance-id", "mine")));
    }

    [Fact]
    public async Task A_session_of_another_tenants_instance_is_as_good_as_none()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.LoadBalancing.SessionAffinity = true));
        ScriptedInstance mine = await bench.AddAsync("mine", "a");
        ScriptedInstance theirs = await bench.AddAsync("theirs", "b");

        Assert.Equal("theirs", bench.Places("b", ("grpcrouter-session", theirs.Channel.Instance.SessionToken)));
        Assert.Equal("mine", bench.Places("a", ("grpcrouter-session", theirs.Channel.Instance.SessionToken)));
        Assert.Equal("-", bench.Places(null, ("grpcrouter-session", mine.Channel.Instance.SessionToken)));
    }

    [Fact]
    public async Task In_a_panic_too_only_those_are_picked()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.PanicThreshold = 100));
        foreach ((string id, string? tenants) in ((string, string?)[])[("all", null), ("a", "a"), ("b", "b")])
        {
            (await bench.AddAsync(id, tenants)).Report(new LoadReport { Health = HealthStatus.NotServing });
        }

        Assert.Equal("a all", bench.Places("a"));
        Assert.Equal("all", bench.Places(null));
    }

    [Fact]
    public async Task Labels_that_callers_choose_by_lead_to_no_other()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.Routing.LabelHeaders["x-version"] = "version"));
        await bench.AddAsync("a1", "a", static hello => hello.Labels["version"] = "1");
        await bench.AddAsync("b1", "b", static hello => hello.Labels["version"] = "1");
        await bench.AddAsync("b2", "b", static hello => hello.Labels["version"] = "2");

        Assert.Equal("a1", bench.Places("a", ("x-version", "1")));
        Assert.Equal("-", bench.Places("a", ("x-version", "2")));
        Assert.Equal("b2", bench.Places("b", ("x-version", "2")));
        Assert.Equal("-", bench.Places(null, ("x-version", "1")));
    }

    [Fact]
    public async Task A_route_of_a_tenant_and_its_way_out_stay_within_what_serves_it()
    {
        using Bench bench = new(TenantHouse.Options(static o =>
        {
            RouteRuleOptions rule = new() { Tenants = { "a" }, Targets = { new() { FallBackToAny = true } } };
            rule.Targets[0].Labels["tier"] = "gold";
            o.Service("probe.Probe").Routing.Rules.Add(rule);
        }));
        await bench.AddAsync("all", null);
        await bench.AddAsync("a", "a");
        await bench.AddAsync("b-gold", "b", static hello => hello.Labels["tier"] = "gold");
        Assert.Equal("a all", bench.Places("a"));

        await bench.AddAsync("a-gold", "a", static hello => hello.Labels["tier"] = "gold");
        Assert.Equal("a-gold", bench.Places("a"));
        Assert.Equal("all b-gold", bench.Places("b"));
    }

    [Fact]
    public async Task A_balancer_of_the_applications_own_cannot_lead_a_call_astray()
    {
        InstanceChannel? wanted = null;
        using Bench bench = new(TenantHouse.Options(o => Bench.Balanced(() => new Stubborn(() => wanted!), o)));
        await bench.AddAsync("all", null);
        wanted = (await bench.AddAsync("a", "a")).Channel;

        TestLeg astray = bench.Call(Probe.Unary, TenantHouse.Of("b")).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await astray.OutcomeAsync());
        Assert.Equal(0, wanted.ActiveCalls);
        bench.AssertIdle();
    }

    [Fact]
    public async Task Plans_of_tenants_come_with_their_instances_and_go_with_them()
    {
        using Bench bench = new(TenantHouse.Options());
        await bench.AddAsync("all", null);
        MethodRoutes open = bench.Router.Plan[Probe.Unary].RoutesFor(null);
        foreach (string made in Enumerable.Range(0, 100).Select(static number => $"t{number}"))
        {
            Assert.Same(open, bench.Router.Plan[Probe.Unary].RoutesFor(made));
        }

        ScriptedInstance one = await bench.AddAsync("ab", "ab");
        ScriptedInstance two = await bench.AddAsync("a", "a");
        MethodRoutes own = bench.Router.Plan[Probe.Unary].RoutesFor("a");
        Assert.NotSame(open, own);
        Assert.Same(own, bench.Router.Plan[Probe.Unary].RoutesFor("a"));
        one.Lose();
        await one.Closed.Soon();
        Assert.Same(own, bench.Router.Plan[Probe.Unary].RoutesFor("a"));
        Assert.Same(open, bench.Router.Plan[Probe.Unary].RoutesFor("b"));
        two.Lose();
        await two.Closed.Soon();
        Assert.Same(open, bench.Router.Plan[Probe.Unary].RoutesFor("a"));
        Assert.Equal("all", bench.Places("a"));
    }

    [Fact]
    public async Task A_grant_that_changes_moves_the_instance()
    {
        using Bench bench = new(TenantHouse.Options());
        ScriptedInstance instance = await bench.AddAsync("one", "a");
        Assert.Equal("one", bench.Places("a"));

        bench.Hub.Apply(TenantHouse.Options(static o =>
        {
            o.Registration.Rules[0].Tenants.Clear();
            o.Registration.Rules[0].Tenants.Add("b");
        }));

        Assert.Equal("-", bench.Places("a"));
        Assert.Equal("one", bench.Places("b"));
        Assert.Equal("-", bench.Places(null));
        Assert.Same(instance.Channel, bench.Pickable()[0]);
    }

    [Fact]
    public async Task A_tenant_that_keeps_its_grant_finds_its_instance_while_grants_change()
    {
        const int Changes = 200;
        using Bench bench = new(TenantHouse.Options());
        await bench.AddAsync("one", "a");
        using CancellationTokenSource done = new();
        Task<int> picking = Task.Run(() =>
        {
            int picks = 0;
            for (; picks == 0 || !done.IsCancellationRequested; picks++)
            {
                Assert.Equal("one", bench.Places("a"));
            }

            return picks;
        });

        for (int change = 0; change < Changes; change++)
        {
            bench.Hub.Apply(TenantHouse.Options(o =>
            {
                o.Registration.Rules[0].Tenants.Add("b");
                o.Registration.Rules[0].Tenants.Add($"c{change}");
            }));
        }

        await done.CancelAsync();
        Assert.True(await picking.Soon() > 0);
    }

    [Fact]
    public async Task A_service_with_instances_for_tenants_alone_serves()
    {
        using Bench bench = new(TenantHouse.Options());
        Assert.False(bench.Router.IsServing);
        ScriptedInstance instance = await bench.AddAsync("a", "a");
        Assert.True(bench.Router.IsServing);
        instance.Report(new LoadReport { Health = HealthStatus.NotServing });
        Assert.False(bench.Router.IsServing);
        instance.Report(new LoadReport());
        Assert.True(bench.Router.IsServing);
        instance.Lose();
        await instance.Closed.Soon();
        Assert.False(bench.Router.IsServing);
    }

    [Fact]
    public async Task A_pick_for_a_tenant_allocates_nothing()
    {
        using Bench bench = new(TenantHouse.Options());
        await bench.AddAsync("all", null);
        await bench.AddAsync("a", "a");
        MethodPlan plan = bench.Router.Plan[Probe.Unary];
        plan.RoutesFor("a").Target.Pick(Picks.Call());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            plan.RoutesFor("a").Target.Pick(Picks.Call());
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class Stubborn(Func<InstanceChannel> wanted) : ILoadBalancer
    {
        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) => wanted();
    }
}
