using Google.Protobuf;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class WaitForReadyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_waits_for_an_instance_when_the_configuration_or_its_caller_says_so(bool configured)
    {
        RouterOptions options = new();
        options.Defaults.WaitForReady = configured ? true : null;
        using Bench bench = new(options);
        TestLeg leg = bench.Call(Probe.Unary, configured ? null : Asking()).Send(new byte[100_000]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        ScriptedInstance instance = await bench.InstanceAsync(window: 1024 * 1024);
        List<RouterFrame> request = await instance.RequestAsync();
        Assert.Equal(100_000, request.Sum(static frame => frame.Fragment?.Length ?? 0));
        instance.Send(RetryTests.Message(request[0].CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_stream_that_waits_begins_with_the_first_instance()
    {
        RouterOptions options = new();
        options.Service(Probe.Service.FullName).WaitForReady = true;
        using Bench bench = new(options);
        TestLeg leg = bench.Call(Probe.Duplex);
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        leg.Send([1]);
        ScriptedInstance instance = await bench.InstanceAsync();
        RouterFrame first = await instance.NextAsync();
        leg.HalfClose();
        instance.Send(RetryTests.Message(first.CallId, Probe.Duplex));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_request_that_came_in_pieces_waits_too(int first)
    {
        using Bench bench = new();
        TestLeg leg = bench.Call(Probe.Unary, Asking()).SendRaw(TestLeg.Framed([7]).AsSpan(0, first));
        leg.SendRaw(TestLeg.Framed([7]).AsSpan(first)).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1 || leg.Done.IsCompleted, "The call waits.");
        ScriptedInstance instance = await bench.InstanceAsync();
        RouterFrame sent = await instance.NextAsync();
        Assert.Equal([7], sent.Payload);
        instance.Send(RetryTests.Message(sent.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_whose_policy_wants_none_of_the_instances_waits_for_another()
    {
        RouterOptions options = Bench.Balanced(static () => new Named("wanted"));
        options.Defaults.WaitForReady = true;
        using Bench bench = new(options);
        await bench.InstanceAsync("other");
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        ScriptedInstance wanted = await bench.InstanceAsync("wanted");
        wanted.Send(RetryTests.Message((await wanted.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_waits_ends_at_its_deadline()
    {
        using Bench bench = new();
        TestLeg leg = bench.Call(Probe.Unary, Asking("50m")).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        bench.Time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        Assert.Equal(0, bench.Router.Waiting.Count);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_waits_no_more()
    {
        using Bench bench = new();
        TestLeg leg = bench.Call(Probe.Unary, Asking()).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        Assert.Equal(0, bench.Router.Waiting.Count);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_router_that_shuts_down_lets_no_call_wait()
    {
        using Bench bench = new();
        TestLeg leg = bench.Call(Probe.Unary, Asking()).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        bench.Hub.BeginShutdown();
        Assert.Equal("Unavailable ROUTER_SHUTDOWN", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task More_calls_than_may_wait_are_refused_at_once()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxPendingCalls = 1;
        using Bench bench = new(options);
        TestLeg waits = bench.Call(Probe.Unary, Asking()).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        Assert.Equal("ResourceExhausted TOO_MANY_PENDING_CALLS", await bench.Call(Probe.Unary, Asking()).Send([1]).HalfClose().OutcomeAsync());
        waits.Leave();
        await waits.Done.Soon();
        bench.AssertIdle();
    }

    private static TestLeg Asking(string? timeout = null) => new()
    {
        Timeout = timeout,
        Opening = new CallStart { Metadata = { new MetadataEntry { Key = "grpcrouter-wait-for-ready", Value = ByteString.CopyFromUtf8("true") } } },
    };

    private sealed class Named(string id) : ILoadBalancer
    {
        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) => instances.Find(id);
    }
}
