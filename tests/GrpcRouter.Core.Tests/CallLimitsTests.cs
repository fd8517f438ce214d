using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class CallLimitsTests
{
    [Fact]
    public void There_are_none_unless_something_is_limited()
    {
        using Bench plain = new();
        Assert.Null(plain.Router.Plan.Limits);
    }

    [Fact]
    public void A_call_over_the_limit_of_the_service_is_refused_and_says_which_limit_it_was()
    {
        RouterOptions options = new();
        options.Service(Probe.Service.FullName).CircuitBreaker.MaxCalls = 2;
        using Bench bench = new(options);
        Assert.True(TryEnter(bench, null, out Tenant? tenant, out _));
        Assert.Null(tenant);
        Assert.True(TryEnter(bench, null, out _, out _));

        Assert.False(TryEnter(bench, null, out _, out RouterStatus refusal));

        Assert.Equal((StatusCode.ResourceExhausted, RouterReasons.TooManyCalls), (refusal.Code, refusal.Reason));
        Assert.Equal([new("service", "probe.Probe"), new("limit", "2"), new("scope", "service")], refusal.Metadata);
        bench.Router.Plan.Live.Decrement();
        bench.Router.Plan.Live.Decrement();
        Assert.True(TryEnter(bench, null, out _, out _));
    }

    [Fact]
    public void A_call_over_the_limit_of_its_tenant_is_refused_and_other_tenants_are_not()
    {
        using Bench bench = new(Tenants(1));
        Assert.True(TryEnter(bench, "a", out Tenant? first, out _));

        Assert.False(TryEnter(bench, "a", out Tenant? none, out RouterStatus refusal));

        Assert.Null(none);
        Assert.Equal((StatusCode.ResourceExhausted, RouterReasons.TenantLimit), (refusal.Code, refusal.Reason));
        Assert.Equal([new("service", "probe.Probe"), new("limit", "1")], refusal.Metadata);
        Assert.True(TryEnter(bench, "b", out _, out _));
        bench.Router.Plan.Limits!.Exit(first);
        Assert.True(TryEnter(bench, "a", out _, out _));
    }

    [Fact]
    public void Calls_without_a_tenant_are_one_tenant()
    {
        using Bench bench = new(Tenants(1));
        Assert.True(TryEnter(bench, null, out Tenant? tenant, out _));
        Assert.Equal("", tenant!.Name);
        Assert.False(TryEnter(bench, null, out _, out _));
    }

    [Fact]
    public void Tenants_without_calls_are_let_go_with_the_routers_tick()
    {
        using Bench bench = new(Tenants(1));
        Assert.True(TryEnter(bench, "a", out Tenant? tenant, out _));
        bench.Router.Plan.Limits!.Exit(tenant);
        Assert.Equal(1, bench.Router.Plan.Limits.Tenants!.Count);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, bench.Router.Plan.Limits.Tenants.Count);
    }

    [Fact]
    public void A_refusal_allocates_nothing()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCalls = 1;
        using Bench bench = new(options);
        CallLimits limits = bench.Router.Plan.Limits!;
        TestLeg leg = new();
        bench.Router.Plan.Live.Increment();
        bench.Router.Plan.Live.Increment();
        Assert.False(limits.TryEnter(leg, out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            limits.TryEnter(leg, out _, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task A_call_that_finds_every_instance_full_is_told_the_limit_of_each()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCallsPerInstance = 1;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        await bench.StartAsync(instance, Probe.Unary);

        TestLeg refused = bench.Call(Probe.Unary).Send([1]).HalfClose();

        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await refused.OutcomeAsync());
        Assert.Equal([new("service", "probe.Probe"), new("limit", "1"), new("scope", "instance")], bench.Router.Plan.InstancesFull.Metadata);
    }

    private static RouterOptions Tenants(int limit)
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCallsPerTenant = limit;
        options.Tenants.Source = TenantSource.Caller;
        return options;
    }

    // As the relay does: a call counts as live before it is let in.
    private static bool TryEnter(Bench bench, string? name, out Tenant? tenant, out RouterStatus refusal)
    {
        TestLeg leg = new();
        if (name is not null)
        {
            leg = new() { Opening = new CallStart { Metadata = { new MetadataEntry { Key = "x-tenant", Value = ByteString.CopyFromUtf8(name) } } } };
        }

        bench.Router.Plan.Live.Increment();
        if (bench.Router.Plan.Limits!.TryEnter(leg, out tenant, out refusal))
        {
            return true;
        }

        bench.Router.Plan.Live.Decrement();
        return false;
    }
}
