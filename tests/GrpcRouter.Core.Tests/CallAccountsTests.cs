using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class CallAccountsTests
{
    [Fact]
    public async Task Without_a_budget_nothing_is_tried_again()
    {
        RouterOptions options = RetryTests.Retrying();
        options.Defaults.RetryBudget.Ratio = 0;
        options.Defaults.RetryBudget.MinPerSecond = 0;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task When_everything_fails_attempts_are_a_fifth_more_than_calls()
    {
        RouterOptions options = RetryTests.Retrying(attempts: 5);
        options.Defaults.RetryBudget.MinPerSecond = 0;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        int attempts = 0;
        for (int call = 0; call < 100; call++)
        {
            TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
            while (!leg.Done.IsCompleted)
            {
                foreach (RouterFrame frame in (await instance.BarrierAsync()).Where(static frame => frame.Start is not null))
                {
                    attempts++;
                    instance.Send(InstanceFrame.Ended(frame.CallId, StatusCode.Unavailable));
                }

                bench.Time.Advance(TimeSpan.FromMilliseconds(20));
            }
        }

        Assert.InRange(attempts, 110, 120);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_throttle_that_is_half_empty_stops_retries_until_calls_succeed()
    {
        RouterOptions options = RetryTests.Retrying(attempts: 2);
        options.Defaults.RetryBudget.MaxTokens = 4;
        options.Defaults.RetryBudget.TokenRatio = 1;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();

        // Each takes a token, and with two left of four nothing is tried again.
        TestLeg retried = bench.Call(Probe.Unary).Send([1]).HalfClose();
        instance.Send(InstanceFrame.Ended((await instance.NextAsync()).CallId, StatusCode.Unavailable));
        await RetryTests.WhenWaitingAsync(bench);
        bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        instance.Send(InstanceFrame.Ended((await instance.NextAsync()).CallId, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await retried.OutcomeAsync());
        (TestLeg once, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await once.OutcomeAsync());
        for (int success = 0; success < 3; success++)
        {
            (TestLeg good, ulong goodId) = await bench.StartAsync(instance, Probe.Unary);
            instance.Send(RetryTests.Message(goodId));
            Assert.Equal("OK by the instance", await good.OutcomeAsync());
        }

        TestLeg again = bench.Call(Probe.Unary).Send([1]).HalfClose();
        instance.Send(InstanceFrame.Ended((await instance.NextAsync()).CallId, StatusCode.Unavailable));
        await RetryTests.WhenWaitingAsync(bench);
        bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        instance.Send(RetryTests.Message((await instance.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await again.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_only_takes_from_the_throttle()
    {
        RouterOptions options = RetryTests.Retrying(attempts: 2);
        options.Defaults.Retry.AttemptTimeout = TimeSpan.FromMilliseconds(100);
        options.Defaults.RetryBudget.MaxTokens = 4;
        options.Defaults.RetryBudget.TokenRatio = 1;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        List<ulong> ids = [];
        for (int attempt = 0; attempt < 2; attempt++)
        {
            RouterFrame sent = await instance.NextAsync();
            ids.Add(sent.CallId);
            bench.Time.Advance(TimeSpan.FromMilliseconds(106));
            Assert.Equal(CancelReason.Attempt, (await instance.NextAsync()).Cancel);
            if (attempt == 0)
            {
                await RetryTests.WhenWaitingAsync(bench);
                bench.Time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        Assert.Equal("DeadlineExceeded ATTEMPT_TIMEOUT", await leg.OutcomeAsync());
        Assert.Equal(2000, bench.Router.Plan.Throttle!.Thousandths);
        ids.ForEach(id => instance.Send(InstanceFrame.Ended(id, StatusCode.Cancelled)));
        bench.AssertIdle();
    }

    [Fact]
    public async Task Calls_over_the_services_limit_are_refused_at_once_with_the_limit()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCalls = 2;
        using Bench bench = new(options);
        await bench.InstanceAsync();
        TestLeg[] legs = [bench.Call(Probe.Duplex), bench.Call(Probe.Duplex)];
        TestLeg refused = bench.Call(Probe.Duplex);
        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await refused.OutcomeAsync());
        Assert.Contains(new("limit", "2"), refused.RouterEnd!.Value.Metadata!);
        legs[0].Leave();
        await legs[0].Done.Soon();
        TestLeg next = bench.Call(Probe.Duplex);
        Assert.False(next.Done.IsCompleted);
        next.Leave();
        legs[1].Leave();
        await Task.WhenAll(next.Done, legs[1].Done).Soon();
        Assert.Equal(0, bench.Router.ActiveCalls);
    }

    [Fact]
    public async Task A_tenant_over_its_limit_is_refused_and_no_other()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCallsPerTenant = 1;
        options.Tenants.Source = TenantSource.Caller;
        using Bench bench = new(options);
        await bench.InstanceAsync();
        TestLeg first = bench.Call(Probe.Duplex, Of("a"));
        Assert.Equal("ResourceExhausted TENANT_LIMIT", await bench.Call(Probe.Duplex, Of("a")).OutcomeAsync());
        TestLeg other = bench.Call(Probe.Duplex, Of("b"));
        Assert.False(other.Done.IsCompleted);
        first.Leave();
        await first.Done.Soon();
        TestLeg again = bench.Call(Probe.Duplex, Of("a"));
        Assert.False(again.Done.IsCompleted);
        again.Leave();
        other.Leave();
        await Task.WhenAll(again.Done, other.Done).Soon();

        static TestLeg Of(string tenant) => new()
        {
            Opening = new CallStart { Metadata = { new MetadataEntry { Key = "x-tenant", Value = ByteString.CopyFromUtf8(tenant) } } },
        };
    }

    [Fact]
    public async Task An_instance_at_its_limit_is_passed_over_and_when_all_are_the_call_is_refused()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCallsPerInstance = 1;
        using Bench bench = new(options);
        ScriptedInstance one = await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        TestLeg[] legs = [bench.Call(Probe.Duplex), bench.Call(Probe.Duplex)];
        Assert.Equal((1, 1), (one.Channel.ActiveCalls, two.Channel.ActiveCalls));
        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await bench.Call(Probe.Duplex).OutcomeAsync());
        Array.ForEach(legs, static leg => leg.Leave());
        await Task.WhenAll(legs.Select(static leg => leg.Done)).Soon();
    }

    [Fact]
    public async Task An_instance_that_fails_its_calls_is_ejected_serves_no_more_and_comes_back()
    {
        RouterOptions options = new();
        options.Defaults.OutlierDetection.MaxEjectionPercent = 50;
        options.Defaults.OutlierDetection.FailurePercentage = new FailurePercentageEjectionOptions { MinimumHosts = 2, RequestVolume = 5 };
        using Bench bench = new(options);
        ScriptedInstance good = await bench.InstanceAsync("good");
        ScriptedInstance bad = await bench.InstanceAsync("bad");
        await ServeAsync(20);
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(bad.Channel.Instance.IsEjected);
        Assert.NotEmpty(bad.Channel.Instance.EjectionReason);
        Assert.Equal((20, 0), await ServeAsync(20));
        for (int second = 0; second < 45; second++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            good.Send(InstanceFrame.Pong(0));
            bad.Send(InstanceFrame.Pong(0));
        }

        Assert.False(bad.Channel.Instance.IsEjected);
        Assert.Equal((10, 10), await ServeAsync(20));
        bench.AssertIdle();

        async Task<(int Good, int Bad)> ServeAsync(int calls)
        {
            (int Good, int Bad) served = default;
            for (int i = 0; i < calls; i++)
            {
                await AnswerAsync(
                    [bench.Call(Probe.Unary).Send([1]).HalfClose()],
                    (good, id => { served.Good++; return RetryTests.Message(id); }),
                    (bad, id => { served.Bad++; return InstanceFrame.Ended(id, StatusCode.Internal); }));
            }

            return served;
        }
    }

    [Fact]
    public async Task An_instance_that_says_it_is_not_well_is_picked_only_when_no_other_is_left()
    {
        using Bench bench = new();
        ScriptedInstance well = await bench.InstanceAsync("well");
        ScriptedInstance ill = await bench.InstanceAsync("ill");
        ill.Send(Report(HealthStatus.NotServing));
        Assert.Equal(4, await StartedAsync(well, 4));
        well.Send(Report(HealthStatus.NotServing));
        Assert.Equal(2, await StartedAsync(well, 4));
        well.Send(Report(HealthStatus.Serving));
        Assert.Equal(4, await StartedAsync(well, 4));
        bench.AssertIdle();

        static InstanceFrame Report(HealthStatus health) => InstanceFrame.Of(new InstanceControl { LoadReport = new LoadReport { Health = health } });

        async Task<int> StartedAsync(ScriptedInstance instance, int calls)
        {
            TestLeg[] legs = [.. Enumerable.Range(0, calls).Select(_ => bench.Call(Probe.Unary).Send([1]).HalfClose())];
            int started = 0;
            await AnswerAsync(legs, (well, id => Count(well, id)), (ill, id => Count(ill, id)));
            return started;

            InstanceFrame Count(ScriptedInstance each, ulong id)
            {
                started += ReferenceEquals(each, instance) ? 1 : 0;
                return RetryTests.Message(id);
            }
        }
    }

    /// <summary>Lets instances answer until the calls are over.</summary>
    private static Task AnswerAsync(TestLeg[] legs, params (ScriptedInstance Instance, Func<ulong, InstanceFrame> Answer)[] instances) =>
        Task.Run(() => Patience.Until(
            () =>
            {
                foreach ((ScriptedInstance instance, Func<ulong, InstanceFrame> answer) in instances)
                {
                    while (instance.TryNext() is { } frame)
                    {
                        if (frame.Start is not null)
                        {
                            instance.Send(answer(frame.CallId));
                        }
                    }
                }

                return legs.All(static leg => leg.Done.IsCompleted);
            },
            "The calls end."));
}
