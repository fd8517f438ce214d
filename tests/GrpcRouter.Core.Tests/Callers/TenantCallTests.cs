using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class TenantCallTests
{
    [Fact]
    public async Task A_retry_goes_to_no_other_tenants_instance()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.Retry.MaxAttempts = 3));
        ScriptedInstance mine = await bench.AddAsync("mine", "a");
        ScriptedInstance theirs = await bench.AddAsync("theirs", "b");
        (TestLeg leg, ulong id) = await bench.StartAsync(mine, Probe.Unary, TenantHouse.Of("a"));
        mine.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));

        // Nobody else is left but the one that has failed.
        RouterFrame again = await NextAsync(bench, mine);
        mine.Send(RetryTests.Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Empty(await theirs.BarrierAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Hedges_go_to_no_other_tenants_instance()
    {
        using Bench bench = new(TenantHouse.Options(static o =>
        {
            o.Defaults.Hedging.MaxAttempts = 3;
            o.Defaults.Hedging.Delay = TimeSpan.Zero;
            o.Defaults.RetryBudget.MinPerSecond = 1000;
        }));
        ScriptedInstance mine = await bench.AddAsync("mine", "a");
        ScriptedInstance ours = await bench.AddAsync("ours", "ab");
        ScriptedInstance theirs = await bench.AddAsync("theirs", "b");
        TestLeg leg = bench.Call(Probe.Unary, TenantHouse.Of("a")).Send([1]).HalfClose();
        RouterFrame first = await NextAsync(bench, mine);
        RouterFrame second = await NextAsync(bench, ours);
        mine.Send(RetryTests.Message(first.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        ours.Send(InstanceFrame.Ended(second.CallId, StatusCode.Cancelled));
        Assert.Empty(await theirs.BarrierAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_call_that_waits_takes_the_first_instance_that_serves_its_tenant(int attempts)
    {
        using Bench bench = new(TenantHouse.Options(o =>
        {
            o.Defaults.WaitForReady = true;
            o.Defaults.Hedging.MaxAttempts = attempts;
        }));
        TestLeg leg = bench.Call(Probe.Unary, TenantHouse.Of("a")).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        ScriptedInstance theirs = await bench.AddAsync("theirs", "b");
        Assert.Empty(await theirs.BarrierAsync());
        Patience.Until(() => bench.Router.Waiting.Count == 1, "It waits on.");

        ScriptedInstance mine = await bench.AddAsync("mine", "a");
        mine.Send(RetryTests.Message((await mine.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Empty(await theirs.BarrierAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_without_a_tenant_waits_for_no_instance_that_is_set_aside()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Defaults.WaitForReady = true));
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        ScriptedInstance aside = await bench.AddAsync("a", "a");
        Assert.Empty(await aside.BarrierAsync());
        ScriptedInstance all = await bench.AddAsync("all", null);
        all.Send(RetryTests.Message((await all.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_comes_for_no_tenant_is_refused_where_one_is_required()
    {
        using Bench bench = new(TenantHouse.Options(static o => o.Tenants.Required = true));
        ScriptedInstance all = await bench.AddAsync("all", null);
        Assert.Equal("PermissionDenied TENANT_REQUIRED", await bench.Call(Probe.Unary).Send([1]).HalfClose().OutcomeAsync());
        Assert.Empty(await all.BarrierAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("c")]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("A")]
    public async Task A_call_for_a_tenant_that_is_not_known_is_refused(string tenant)
    {
        using Bench bench = new(TenantHouse.Options(static o =>
        {
            o.Tenants.Known.Add("a");
            o.Tenants.Known.Add("b");
        }));
        ScriptedInstance all = await bench.AddAsync("all", null);
        Assert.Equal("PermissionDenied TENANT_REFUSED", await bench.Call(Probe.Unary, TenantHouse.Of(tenant)).Send([1]).HalfClose().OutcomeAsync());
        Assert.Empty(await all.BarrierAsync());
        bench.AssertIdle();
    }

    private static async Task<RouterFrame> NextAsync(Bench bench, ScriptedInstance instance)
    {
        RouterFrame? frame = null;
        await Task.Run(() => Patience.Until(
            () =>
            {
                frame = instance.TryNext();
                if (frame is null)
                {
                    bench.Time.Advance(TimeSpan.FromMilliseconds(20));
                }

                return frame is not null;
            },
            "A frame comes."));
        return frame!;
    }
}
