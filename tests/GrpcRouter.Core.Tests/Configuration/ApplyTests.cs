using Grpc.Core;

namespace GrpcRouter.Core.Tests;

/// <summary>Other options for a router that runs.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task A_call_under_way_keeps_the_limits_it_began_with_and_the_next_has_the_new_ones()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg stream, ulong id) = await OpenAsync(bench, instance);

        bench.Hub.Apply(Options(static options => options.MaxMessageSize = 10));

        stream.Send(new byte[100]);
        Assert.Equal(100, (await instance.NextAsync()).Payload!.Length);
        TestLeg next = bench.Call(Probe.Unary).Send(new byte[100]).HalfClose();
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await next.OutcomeAsync());
        stream.HalfClose();
        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await stream.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public void What_cannot_work_is_refused_and_nothing_changes()
    {
        using Bench bench = new();
        RouterOptions before = bench.Hub.Options;
        ServicePlan plan = bench.Router.Plan;

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => bench.Hub.Apply(
            Options(static options =>
            {
                options.MaxMessageSize = 10;
                options.Service("probe.Probe").Retry.MaxAttempts = 9;
                options.CallWindow = 1;
            }),
            "Edge:Router"));

        Assert.Equal(
            ["Edge:Router:CallWindow must be 16,384 or more; it is 1.", "Edge:Router:Services:probe.Probe:Retry:MaxAttempts must be 1 to 5; it is 9."],
            error.Message.Split(Environment.NewLine).Order(StringComparer.Ordinal));
        Assert.Same(before, bench.Hub.Options);
        Assert.Same(plan, bench.Router.Plan);
    }

    [Fact]
    public void What_has_changed_is_named_with_its_path_and_when_it_counts()
    {
        using Bench bench = new(Options(static options => options.Service("probe.Probe").Retry.RetryableStatusCodes.Add(StatusCode.Aborted)));

        IReadOnlyList<OptionChange> changes = bench.Hub.Apply(Options(static options =>
        {
            options.RouterId = "other";
            options.KeepAliveInterval = TimeSpan.FromSeconds(1);
            options.CallWindow = 32 * 1024;
            options.Service("probe.Probe").Method("Unary").Timeout = TimeSpan.FromSeconds(1);
            options.Service("probe.Probe").Retry.RetryableStatusCodes.Add(StatusCode.Unavailable);
            options.Service("probe.Probe").OutlierDetection.FailurePercentage = new();
            options.Service("probe.Probe").Routing.LabelHeaders["x-version"] = "version";
        }));

        Assert.Equal(
            [
                new("GrpcRouter:CallWindow", ReloadEffect.NewChannels),
                new("GrpcRouter:KeepAliveInterval", ReloadEffect.AtOnce),
                new("GrpcRouter:RouterId", ReloadEffect.Restart),
                new("GrpcRouter:Services:probe.Probe:Methods:Unary", ReloadEffect.NewCalls),
                new("GrpcRouter:Services:probe.Probe:OutlierDetection:FailurePercentage", ReloadEffect.AtOnce),
                new("GrpcRouter:Services:probe.Probe:Retry:RetryableStatusCodes", ReloadEffect.NewCalls),
                new("GrpcRouter:Services:probe.Probe:Routing:LabelHeaders:x-version", ReloadEffect.NewCalls),
            ],
            changes.OrderBy(static change => change.Path, StringComparer.Ordinal));
    }

    [Fact]
    public void What_counts_from_the_start_on_keeps_its_value()
    {
        using Bench bench = new(Options(static options => options.RouterId = "edge-1"));
        Random random = bench.Hub.Options.Random;

        bench.Hub.Apply(Options(static options =>
        {
            options.RouterId = "edge-2";
            options.MaxMetadataSize = 1;
        }));

        Assert.Equal(("edge-1", 1), (bench.Hub.Options.RouterId, bench.Hub.Options.MaxMetadataSize));
        Assert.Same(random, bench.Hub.Options.Random);
    }

    [Fact]
    public void A_service_of_which_the_options_say_the_same_keeps_its_plan()
    {
        using Bench bench = new(Options(static options => options.Service("probe.Probe").LoadBalancing.Policy = "maglev"));
        ServicePlan plan = bench.Router.Plan;

        bench.Hub.Apply(Options(static options =>
        {
            options.Service("probe.Probe").LoadBalancing.Policy = "maglev";
            options.Service("other.Service").Retry.MaxAttempts = 2;
        }));

        Assert.Same(plan, bench.Router.Plan);
        Assert.Same(bench.Hub.Options, bench.Router.Options);

        bench.Hub.Apply(Options(static options => options.Service("probe.Probe").LoadBalancing.Policy = "ring_hash"));
        Assert.NotSame(plan, bench.Router.Plan);
    }

    [Fact]
    public async Task What_is_counted_for_rules_that_stay_the_same_goes_on_when_others_change()
    {
        using Bench bench = new(Judged());
        await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        Fail(two);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(two.Channel.Instance.IsEjected);
        (RetryBudget? budget, RetryThrottle? throttle, TenantTable? tenants) = Counted(bench);
        Assert.True(budget is not null && throttle is not null && tenants is not null);

        bench.Hub.Apply(Judged(static options => options.Timeout = TimeSpan.FromSeconds(1)));

        Assert.Equal((budget, throttle, tenants), Counted(bench));
        Assert.True(two.Channel.Instance.IsEjected);
        Assert.Equal(["one"], Picked(bench));

        // With rules of their own they begin anew.
        bench.Hub.Apply(Judged(static options =>
        {
            options.RetryBudget.Ratio = 0.5;
            options.RetryBudget.MaxTokens = 20;
        }));
        (RetryBudget? otherBudget, RetryThrottle? otherThrottle, TenantTable? sameTenants) = Counted(bench);
        Assert.NotSame(budget, otherBudget);
        Assert.NotSame(throttle, otherThrottle);
        Assert.Same(tenants, sameTenants);
    }

    [Fact]
    public async Task Instances_come_back_when_none_are_judged_any_more()
    {
        using Bench bench = new(Judged());
        ScriptedInstance one = await bench.InstanceAsync("one");
        await bench.InstanceAsync("two");
        Fail(one);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["two"], Picked(bench));

        bench.Hub.Apply(Options());

        Assert.False(one.Channel.Instance.IsEjected);
        Assert.Equal(["one", "two"], Picked(bench));
    }

    [Fact]
    public async Task The_calls_of_a_tenant_count_for_a_limit_that_has_changed()
    {
        using Bench bench = new(Judged());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg running, ulong id) = await OpenAsync(bench, instance);

        bench.Hub.Apply(Judged(static options => options.CircuitBreaker.MaxCallsPerTenant = 1));

        TestLeg next = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("ResourceExhausted TENANT_LIMIT", await next.OutcomeAsync());
        instance.Send(InstanceFrame.Ended(id));
        await running.Done.Soon();
        (TestLeg after, ulong afterId) = await OpenAsync(bench, instance);
        instance.Send(InstanceFrame.Ended(afterId));
        Assert.Equal("OK by the instance", await after.OutcomeAsync());
    }

    [Fact]
    public async Task Calls_of_all_plans_count_for_the_limit_of_the_service()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg running, ulong id) = await OpenAsync(bench, instance);

        bench.Hub.Apply(Options(static options => options.Service("probe.Probe").CircuitBreaker.MaxCalls = 1));

        Assert.Equal(1, bench.Router.ActiveCalls);
        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await bench.Call(Probe.Unary).Send([1]).HalfClose().OutcomeAsync());
        instance.Send(InstanceFrame.Ended(id));
        await running.Done.Soon();
        (TestLeg after, ulong afterId) = await OpenAsync(bench, instance);
        instance.Send(InstanceFrame.Ended(afterId));
        Assert.Equal("OK by the instance", await after.OutcomeAsync());
    }

    [Fact]
    public async Task A_plan_that_was_replaced_is_let_go_after_its_last_call()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        int groups = bench.Router.Registry.GroupCount;
        (TestLeg stream, ulong id) = await OpenAsync(bench, instance);

        bench.Hub.Apply(Options(static options => options.Defaults.LoadBalancing.Policy = "random"));
        bench.Hub.Apply(Options(static options => options.Defaults.LoadBalancing.Policy = "least_request"));
        Assert.Equal(2, bench.Router.RetiredPlans);

        // One of both had no call.
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, groups * 2), (bench.Router.RetiredPlans, bench.Router.Registry.GroupCount));

        instance.Send(InstanceFrame.Ended(id));
        await stream.Done.Soon();
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((0, groups), (bench.Router.RetiredPlans, bench.Router.Registry.GroupCount));
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_waits_by_a_plan_that_was_replaced_gets_the_instance_that_comes()
    {
        using Bench bench = new(Options(static options => options.Defaults.WaitForReady = true));
        TestLeg waiting = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");

        bench.Hub.Apply(Options());
        bench.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("Unavailable NO_INSTANCE", await bench.Call(Probe.Unary).Send([1]).HalfClose().OutcomeAsync());
        ScriptedInstance instance = await bench.InstanceAsync();
        instance.Send(InstanceFrame.Ended((await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await waiting.OutcomeAsync());
    }

    [Fact]
    public async Task A_channel_keeps_the_window_that_its_instance_was_told()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync("old");

        bench.Hub.Apply(Options(static options => options.CallWindow = options.MaxCallWindow = 1024 * 1024));

        Assert.Equal((65_536u, 65_536), (instance.Registered.InitialWindow, instance.Channel.ResponseWindow));
        ScriptedInstance next = await bench.InstanceAsync("new");
        Assert.Equal((1_048_576u, 1_048_576), (next.Registered.InitialWindow, next.Channel.ResponseWindow));
    }

    [Fact]
    public async Task Channels_that_are_there_are_pinged_by_the_times_that_count_now()
    {
        using Bench bench = new(Options(static options => options.KeepAliveInterval = TimeSpan.FromHours(1)));
        ScriptedInstance instance = await bench.InstanceAsync();
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(instance.Closed.IsCompleted);

        bench.Hub.Apply(Options(static options =>
        {
            options.KeepAliveInterval = TimeSpan.FromSeconds(4);
            options.KeepAliveTimeout = TimeSpan.FromSeconds(4);
        }));

        bench.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(StatusCode.Unavailable, (await instance.Closed.Soon()).StatusCode);
    }

    [Fact]
    public void What_may_be_kept_for_retries_is_bounded_anew()
    {
        using Bench bench = new(Options(static options => options.RetryBufferTotal = 100));
        Assert.True(bench.Hub.ReplayBytes.TryTake(100));

        bench.Hub.Apply(Options(static options => options.RetryBufferTotal = 150));

        Assert.True(bench.Hub.ReplayBytes.TryTake(50));
        Assert.False(bench.Hub.ReplayBytes.TryTake(1));
        bench.Hub.ReplayBytes.Return(150);
    }

    [Fact]
    public async Task Calls_and_changes_at_once_leave_nothing_behind()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        Task changes = Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                int seconds = i + 1;
                bench.Hub.Apply(Options(options => options.Defaults.Timeout = TimeSpan.FromHours(seconds)));
                bench.Router.TickPolicies(bench.Time.GetTimestamp());
            }
        });
        Task<int>[] callers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            int calls = 0;
            while (!changes.IsCompleted || calls < 200)
            {
                TestLeg leg = new();
                Task done = bench.Router.RunCallAsync(Probe.Unary, leg);
                leg.Leave();
                await done.Soon();
                calls++;
            }

            return calls;
        }))];

        await Task.WhenAll([changes, .. callers]).Soon();

        bench.Router.TickPolicies(bench.Time.GetTimestamp());
        bench.Router.TickPolicies(bench.Time.GetTimestamp());
        Assert.Equal((0, 0), (bench.Router.ActiveCalls, bench.Router.RetiredPlans));
        Assert.Equal(0, bench.Router.LiveCalls.Total);
    }

    private static async Task<(TestLeg Leg, ulong Id)> OpenAsync(Bench bench, ScriptedInstance instance)
    {
        TestLeg leg = bench.Call(Probe.Duplex);
        RouterFrame start = await instance.NextAsync();
        Assert.NotNull(start.Start);
        return (leg, start.CallId);
    }

    private static RouterOptions Options(Action<RouterOptions>? set = null)
    {
        RouterOptions options = new();
        set?.Invoke(options);
        return options;
    }

    private static RouterOptions Judged(Action<ServicePolicyOptions>? set = null) => Options(options =>
    {
        ServicePolicyOptions service = options.Service("probe.Probe");
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        service.Retry.MaxAttempts = 2;
        service.RetryBudget.MaxTokens = 10;
        options.Tenants.Source = TenantSource.Caller;
        service.CircuitBreaker.MaxCallsPerTenant = 100;
        service.OutlierDetection.MaxEjectionPercent = 100;
        service.OutlierDetection.FailurePercentage = new() { MinimumHosts = 1, RequestVolume = 5 };
        set?.Invoke(service);
    });

    private static (RetryBudget? Budget, RetryThrottle? Throttle, TenantTable? Tenants) Counted(Bench bench) =>
        (bench.Router.Plan.Budget, bench.Router.Plan.Throttle, bench.Router.Plan.Limits?.Tenants);

    private static void Fail(ScriptedInstance instance)
    {
        for (int i = 0; i < 5; i++)
        {
            instance.Channel.Instance.RecordOutcome(success: false);
        }
    }

    private static string[] Picked(Bench bench)
    {
        TestLeg leg = new();
        return [.. Enumerable.Range(0, 12)
            .Select(_ => bench.Target().Pick(new PickContext(Probe.Unary, 0, leg, bench.Hub.Random))!.InstanceId)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }
}
