using System.Net;
using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class RateLimitTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Away = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void A_service_without_limits_has_no_rules()
    {
        using Bench bench = new();
        Assert.Null(bench.Router.Limits[Probe.Unary].Rates);
        Assert.Null(bench.Router.Limits[Probe.Unary].InstanceRates);
    }

    [Fact]
    public async Task A_call_over_a_limit_is_told_the_rule_and_when_to_come_back()
    {
        using Bench bench = new(Rule(new RateLimitOptions { Name = "few", Permits = 1, Period = TimeSpan.FromSeconds(2) }));
        await Finish(bench, Call(bench, Home));

        TestLeg refused = Call(bench, Home);

        Assert.Equal("ResourceExhausted RATE_LIMITED", await refused.OutcomeAsync());
        Assert.Equal([new("service", "probe.Probe"), new("rule", "few"), new("partition", "client"), new("limit", "1")], refused.RouterEnd!.Value.Metadata);
        Assert.Equal(TimeSpan.FromSeconds(2), refused.RouterEnd.Value.RetryAfter);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        await Finish(bench, Call(bench, Home));
        Assert.Equal([new RateLimitState("few", RateLimitPartition.Client, 1, 1)], bench.Hub.Limits.RateLimits);
        bench.AssertIdle();
    }

    [Fact]
    public async Task One_client_over_its_limit_is_nothing_to_another()
    {
        using Bench bench = new(Rule(new RateLimitOptions { Name = "few", Permits = 1 }));
        await Finish(bench, Call(bench, Home));
        Assert.True(await IsRefused(Call(bench, Home)));
        await Finish(bench, Call(bench, Away));
    }

    [Fact]
    public async Task A_client_that_proves_who_it_is_is_counted_by_that_wherever_it_calls_from()
    {
        using Bench bench = new(Rule(new RateLimitOptions { Name = "few", Permits = 1 }));
        PeerIdentity ada = new("api-key", "ada");
        await Finish(bench, Call(bench, new TestLeg { From = Home, Caller = ada }));
        Assert.True(await IsRefused(Call(bench, new TestLeg { From = Away, Caller = ada })));
        await Finish(bench, Call(bench, new TestLeg { From = Home, Caller = new PeerIdentity("api-key", "eve") }));
        await Finish(bench, Call(bench, Home));
    }

    [Fact]
    public async Task Identities_tenants_and_networks_are_counted_apart()
    {
        using Bench bench = new(Rule(
            new RateLimitOptions { Name = "key", Partition = RateLimitPartition.Identity, Permits = 1 },
            new RateLimitOptions { Name = "tenant", Partition = RateLimitPartition.Tenant, Permits = 2 },
            new RateLimitOptions { Name = "net", Partition = RateLimitPartition.Ip, Permits = 3, IPv4PrefixLength = 24 }));
        await Finish(bench, Caller(bench, "ada", "red", "198.51.100.1"));
        Assert.Equal("key", await RuleOf(Caller(bench, "ada", "red", "198.51.100.1")));
        await Finish(bench, Caller(bench, "eve", "red", "198.51.100.2"));
        Assert.Equal("tenant", await RuleOf(Caller(bench, "bob", "red", "198.51.100.3")));
        await Finish(bench, Caller(bench, "bob", "blue", "198.51.100.3"));
        Assert.Equal("net", await RuleOf(Caller(bench, "kim", "green", "198.51.100.4")));
        await Finish(bench, Caller(bench, "kim", "green", "203.0.113.1"));
    }

    [Fact]
    public async Task A_call_that_one_rule_refuses_costs_nothing_by_the_others()
    {
        using Bench bench = new(Rule(
            new RateLimitOptions { Name = "all", Partition = RateLimitPartition.Router, Permits = 2 },
            new RateLimitOptions { Name = "each", Permits = 1 }));
        await Finish(bench, Call(bench, Home));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("each", await RuleOf(Call(bench, Home)));
        }

        await Finish(bench, Call(bench, Away));
        Assert.Equal("all", await RuleOf(Call(bench, IPAddress.Loopback)));
    }

    [Fact]
    public async Task Rules_are_for_the_services_methods_identities_and_tenants_that_they_name()
    {
        RateLimitOptions rule = new() { Name = "few", Partition = RateLimitPartition.Router, Permits = 1 };
        rule.Services.Add("probe.*");
        rule.Methods.Add("Un*");
        rule.Identities.Add("a*");
        rule.Tenants.Add("red");
        RateLimitOptions other = new() { Name = "other", Permits = 1 };
        other.Services.Add("greet.*");
        using Bench bench = new(Rule(rule, other));
        Assert.Null(bench.Router.Limits[Probe.Duplex].Rates);
        await Finish(bench, Caller(bench, "ada", "red", "192.0.2.1"));
        Assert.True(await IsRefused(Caller(bench, "abe", "red", "192.0.2.2")));
        await Finish(bench, Caller(bench, "bob", "red", "192.0.2.1"));
        await Finish(bench, Caller(bench, "ada", "blue", "192.0.2.1"));
        await Finish(bench, Call(bench, Home));
    }

    [Fact]
    public async Task Calls_under_way_are_counted_until_they_are_over()
    {
        using Bench bench = new(Rule(new RateLimitOptions { Name = "two", Limiter = RateLimiters.Concurrency, Permits = 2 }));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg first, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });
        (TestLeg second, _) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });

        TestLeg refused = Call(bench, Home);

        Assert.Equal("ResourceExhausted RATE_LIMITED", await refused.OutcomeAsync());
        Assert.Null(refused.RouterEnd!.Value.RetryAfter);
        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        await first.Done.Soon();
        second.Leave();
        await second.Done.Soon();
        (TestLeg third, _) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });
        (TestLeg fourth, _) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });
        Assert.True(await IsRefused(Call(bench, Home)));
        third.Leave();
        fourth.Leave();
        await Task.WhenAll(third.Done, fourth.Done).Soon();
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Assert.Single(bench.Hub.Limits.RateLimits).Partitions);
    }

    [Fact]
    public async Task A_retried_call_counts_once()
    {
        RouterOptions options = Rule(new RateLimitOptions { Name = "two", Permits = 2, Period = TimeSpan.FromDays(1) });
        options.Defaults.Retry.MaxAttempts = 3;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });
        for (int retry = 0; retry < 2; retry++)
        {
            instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
            Patience.Until(() => bench.Hub.Deadlines.Count == 1, "The retry waits.");
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            id = (await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId;
        }

        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
        await Finish(bench, Call(bench, Home), instance);
        Assert.True(await IsRefused(Call(bench, Home)));
    }

    [Fact]
    public async Task A_refusal_is_never_tried_again_by_the_router()
    {
        RouterOptions options = Rule(new RateLimitOptions { Name = "one", Permits = 1 });
        options.Defaults.Retry.MaxAttempts = 5;
        options.Defaults.Retry.RetryableStatusCodes.Add(StatusCode.ResourceExhausted);
        using Bench bench = new(options);
        await Finish(bench, Call(bench, Home));
        Assert.True(await IsRefused(Call(bench, Home)));
        Assert.Equal(0, bench.Hub.Deadlines.Count);
        Assert.Equal(1, Assert.Single(bench.Hub.Limits.RateLimits).Refused);
    }

    [Fact]
    public async Task A_method_and_a_service_may_have_limits_of_their_own()
    {
        RouterOptions options = new();
        options.Service("probe.Probe").RateLimit = new LimiterOptions { Permits = 2 };
        options.Service("probe.Probe").Method("Duplex").RateLimit = new LimiterOptions { Permits = 1 };
        using Bench bench = new(options);
        await Finish(bench, Call(bench, Home, Probe.Unary));
        await Finish(bench, Call(bench, Away, Probe.ServerStreaming));
        Assert.Equal("probe.Probe", await RuleOf(Call(bench, Home, Probe.Unary)));
        await Finish(bench, Call(bench, Home, Probe.Duplex));
        Assert.Equal("probe.Probe/Duplex", await RuleOf(Call(bench, Away, Probe.Duplex)));
    }

    [Fact]
    public async Task A_change_of_options_keeps_the_counts_of_limits_that_stay_as_they_were()
    {
        RouterOptions options = Rule(new RateLimitOptions { Name = "kept", Permits = 1 }, new RateLimitOptions { Name = "changed", Partition = RateLimitPartition.Router, Permits = 3 });
        options.Service("probe.Probe").Method("Unary").RateLimit = new LimiterOptions { Permits = 2 };
        using Bench bench = new(options);
        await Finish(bench, Call(bench, Home));
        Assert.Equal("kept", await RuleOf(Call(bench, Home)));

        RouterOptions changed = Rule(new RateLimitOptions { Name = "changed", Partition = RateLimitPartition.Router, Permits = 9 }, new RateLimitOptions { Name = "kept", Permits = 1 });
        changed.Service("probe.Probe").Method("Unary").RateLimit = new LimiterOptions { Permits = 2 };
        bench.Hub.Apply(changed);

        Assert.Equal("kept", await RuleOf(Call(bench, Home)));
        await Finish(bench, Call(bench, Away));
        Assert.Equal("probe.Probe/Unary", await RuleOf(Call(bench, IPAddress.Loopback)));
        Assert.Equal([("changed", 0L), ("kept", 2L), ("probe.Probe/Unary", 1L)], bench.Hub.Limits.RateLimits.Select(static rule => (rule.Rule, rule.Refused)).Order());
        bench.Hub.Apply(new RouterOptions());
        Assert.Empty(bench.Hub.Limits.RateLimits);
        await Finish(bench, Call(bench, Home));
    }

    [Fact]
    public async Task A_call_that_runs_through_a_change_of_options_gives_back_what_it_took()
    {
        RouterOptions options = Rule(new RateLimitOptions { Name = "one", Limiter = RateLimiters.Concurrency, Permits = 1 });
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home });
        bench.Hub.Apply(Rule(new RateLimitOptions { Name = "one", Limiter = RateLimiters.Concurrency, Permits = 1 }));
        Assert.True(await IsRefused(Call(bench, Home)));
        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        await leg.Done.Soon();
        await Finish(bench, Call(bench, Home), instance);
    }

    [Fact]
    public async Task Letting_a_call_in_and_out_allocates_nothing()
    {
        using Bench bench = new(Rule(
            new RateLimitOptions { Name = "client", Permits = 1_000_000 },
            new RateLimitOptions { Name = "window", Limiter = RateLimiters.SlidingWindow, Partition = RateLimitPartition.Tenant, Permits = 1_000_000 },
            new RateLimitOptions { Name = "method", Limiter = RateLimiters.Concurrency, Partition = RateLimitPartition.Method, Permits = 10 }));
        MethodLimits limits = bench.Router.Limits[Probe.Unary];
        TestLeg leg = new() { From = Home, OfTenant = "red" };
        HeldPermits held = default;
        await Task.Yield();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(limits.TryAdmit(leg, bench.Time, ref held, out _));
            held.End();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            limits.TryAdmit(leg, bench.Time, ref held, out _);
            held.End();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static RouterOptions Rule(params RateLimitOptions[] rules)
    {
        RouterOptions options = new();
        Array.ForEach(rules, options.RateLimits.Add);
        return options;
    }

    private static TestLeg Call(Bench bench, IPAddress from, RoutedMethod? method = null) => Call(bench, new TestLeg { From = from }, method);

    private static TestLeg Call(Bench bench, TestLeg leg, RoutedMethod? method = null) => bench.Call(method ?? Probe.Unary, leg).Send([1]).HalfClose();

    private static TestLeg Caller(Bench bench, string identity, string tenant, string address) =>
        Call(bench, new TestLeg { From = IPAddress.Parse(address), Caller = new PeerIdentity("api-key", identity), OfTenant = tenant });

    private static async Task<bool> IsRefused(TestLeg leg) => await leg.OutcomeAsync() == "ResourceExhausted RATE_LIMITED";

    private static async Task<string> RuleOf(TestLeg leg)
    {
        Assert.True(await IsRefused(leg));
        return leg.RouterEnd!.Value.Metadata!.Single(static entry => entry.Key == "rule").Value;
    }

    // Without an instance it ends at once; what counts is that it was let in.
    private static async Task Finish(Bench bench, TestLeg leg, ScriptedInstance? instance = null)
    {
        if (instance is null)
        {
            Assert.Equal("Unavailable NO_INSTANCE", await leg.OutcomeAsync());
            Assert.Equal(0, bench.Router.ActiveCalls);
            return;
        }

        instance.Send(InstanceFrame.Ended((await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
    }
}
