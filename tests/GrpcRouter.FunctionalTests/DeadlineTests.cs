using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class DeadlineTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task The_instance_gets_the_time_that_is_left_after_the_routers_share()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        PieceContent body = new();
        Task<RawResponse> response = rig.Raw.SendAsync(Unary, body, ("grpc-timeout", "10S"));
        await time.WhenTimerAsync(IsWheel).Soon("The deadline was not armed.");

        time.Advance(TimeSpan.FromSeconds(4));
        body.Write(RawClient.Message([]));
        body.Complete();

        ProbeRouterFrame start = await instance.NextCallAsync();
        Assert.Equal(6_000_000UL, start.Start.TimeoutUs);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        Assert.Equal("0", (await response).Status);
    }

    [Fact]
    public async Task A_clock_that_is_years_off_at_the_instance_changes_nothing()
    {
        ManualTimeProvider wrong = new();
        Rig rig = await StartAsync(new RigOptions { Bridge = options => options.TimeProvider = wrong });
        DateTime deadline = default;
        rig.Service.OnUnary = (request, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(request);
        };

        await rig.Client.UnaryAsync(new Chunk(), deadline: DateTime.UtcNow.AddMinutes(5));

        Assert.InRange(deadline - wrong.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_router_ends_a_call_at_its_deadline_when_the_instance_is_mute_and_tells_the_instance()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", "5S"));
        ProbeRouterFrame start = await instance.NextCallAsync();

        time.Advance(TimeSpan.FromSeconds(5.1));

        RawResponse answer = await response;
        Assert.Equal("4", answer.Status);
        Assert.Equal(RouterReasons.DeadlineExceeded, answer.RouterReason);
        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal((start.CallId, CancelReason.Deadline), (cancel.CallId, cancel.Cancel.Reason));
    }

    [Fact]
    public async Task A_call_is_not_ended_before_its_deadline()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", "5S"));
        ProbeRouterFrame start = await instance.NextCallAsync();

        time.Advance(TimeSpan.FromSeconds(4.999));
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });

        Assert.Equal("0", (await response).Status);
    }

    [Theory]
    [InlineData("0n")]
    [InlineData("0S")]
    [InlineData("00000000H")]
    public async Task A_call_that_has_expired_on_arrival_never_reaches_an_instance(string timeout)
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", timeout));

        Assert.Equal("4", response.Status);
        Assert.Equal(0, rig.Service.Started);
    }

    [Fact]
    public async Task A_call_that_expires_before_its_request_is_there_never_reaches_an_instance()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        using PieceContent body = new();
        Task<RawResponse> response = rig.Raw.SendAsync(Unary, body, ("grpc-timeout", "1S"));
        await time.WhenTimerAsync(IsWheel).Soon("The deadline was not armed.");

        await Until.TrueAsync(() => Advance(time, response), "The deadline did not end the call.");

        Assert.Equal("4", (await response).Status);
        AsyncUnaryCall<Chunk> next = rig.Client.UnaryAsync(new Chunk { Text = "next" });
        ProbeRouterFrame start = await instance.NextCallAsync();
        Assert.Equal("next", start.Unary.Text);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        await next;
    }

    [Theory]
    [InlineData("2H", 7_200_000_000)]
    [InlineData("3M", 180_000_000)]
    [InlineData("4S", 4_000_000)]
    [InlineData("5000m", 5_000_000)]
    [InlineData("6000000u", 6_000_000)]
    [InlineData("70000000n", 70_000)]
    [InlineData("9999999M", 9_999_999L * 60 * 1_000_000)]
    [InlineData("99999999H", 36_500L * 24 * 3600 * 1_000_000)]
    public async Task A_timeout_in_any_unit_reaches_the_instance(string header, long microseconds)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = new ManualTimeProvider() });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", header));

        ProbeRouterFrame start = await instance.NextCallAsync();

        // A thousandth for the arithmetic of centuries in floating point; the shorter ones are exact.
        Assert.InRange((long)start.Start.TimeoutUs, microseconds - (microseconds / 1_000_000_000), microseconds);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        Assert.Equal("0", (await response).Status);
    }

    [Theory]
    [InlineData("123456789S")]
    [InlineData("10")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("10s")]
    public async Task A_timeout_that_cannot_be_read_is_internal(string header)
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", header));

        Assert.Equal("13", response.Status);
        Assert.Equal(RouterReasons.BadTimeout, response.RouterReason);
        Assert.Equal(0, rig.Service.Started);
    }

    [Fact]
    public async Task A_call_without_timeout_has_no_deadline()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));

        ProbeRouterFrame start = await instance.NextCallAsync();

        Assert.False(start.Start.HasTimeoutUs);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        await response;
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("30S", 30)]
    [InlineData("90S", 60)]
    public async Task The_routers_longest_call_bounds_every_call(string? header, int seconds)
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Time = new ManualTimeProvider(),
            Router = static options => options.MaxCallDuration = TimeSpan.FromMinutes(1),
        });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), header is null ? [] : [("grpc-timeout", header)]);

        ProbeRouterFrame start = await instance.NextCallAsync();

        Assert.Equal(seconds.ToString(CultureInfo.InvariantCulture), (start.Start.TimeoutUs / 1e6).ToString(CultureInfo.InvariantCulture));
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        await response;
    }

    [Fact]
    public async Task The_deadline_runs_while_a_call_waits_for_credit()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync(change: static hello => hello.InitialWindow = 16 * 1024);
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message(new Chunk { Data = ByteString.CopyFrom(new byte[100_000]) }.ToByteArray()), ("grpc-timeout", "5S"));
        ProbeRouterFrame start = await instance.NextCallAsync();

        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("4", (await response).Status);
        await instance.ReceiveUntilAsync(frame => frame.CallId == start.CallId && frame.Cancel is not null);
    }

    [Fact]
    public async Task The_deadline_runs_while_calls_wait_in_the_queue_of_a_stuck_channel()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted stuck = await rig.ScriptAsync(change: static hello => hello.InitialWindow = int.MaxValue);
        byte[] large = RawClient.Message(new Chunk { Data = ByteString.CopyFrom(new byte[1024 * 1024]) }.ToByteArray());
        Task<RawResponse>[] calls = [.. Enumerable.Range(0, 30).Select(_ => rig.Raw.CallAsync(Unary, large, ("grpc-timeout", "5S")))];
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 30, "The calls did not reach the router.");

        // A call counts as active just before its deadline is armed.
        Task all = Task.WhenAll(calls);
        await Until.TrueAsync(() => Advance(time, all), "The deadline did not end the calls.");

        Assert.All(await Task.WhenAll(calls), static response => Assert.Equal("4", response.Status));
        stuck.Abort();
    }

    // The wheel of deadlines turns only while there are any.
    private static bool IsWheel(TimeSpan due) => due < TimeSpan.FromMilliseconds(100);

    private static bool Advance(ManualTimeProvider time, Task until)
    {
        time.Advance(TimeSpan.FromSeconds(2));
        return until.IsCompleted;
    }
}
