using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class ConnectionAgeTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task A_client_is_told_to_leave_an_old_connection_and_its_running_calls_go_on()
    {
        Rig rig = await StartAgedAsync();
        Scripted instance = await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        ulong call = (await instance.NextCallAsync()).CallId;

        time.Advance(Age * 1.1);

        Http2Frame? frame = await client.ReceiveAsync();
        Assert.Equal((Http2Frame.GoAway, 0), (frame!.Type, frame.Payload[7]));
        time.Advance(TimeSpan.FromDays(1));
        await instance.SendAsync(new ProbeInstanceFrame { CallId = call, Unary = new Chunk(), End = new CallEnd() });
        (List<List<(string Key, string Value)>> blocks, _, _) = await client.ReceiveStreamAsync(stream);
        Assert.Contains(("grpc-status", "0"), blocks[^1]);
    }

    [Fact]
    public async Task Unary_calls_move_to_a_new_connection_without_an_error()
    {
        Rig rig = await StartAgedAsync();
        Scripted instance = await rig.ScriptAsync();
        HashSet<string> peers = [];

        for (int i = 0; i < 5; i++)
        {
            AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
            ProbeRouterFrame start = await instance.NextCallAsync();
            peers.Add(start.Start.Peer);
            time.Advance(Age * 1.1);
            await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
            await call;
        }

        Assert.Equal(5, peers.Count);
    }

    [Fact]
    public async Task A_call_that_outlives_the_grace_is_cut_with_its_connection()
    {
        Rig rig = await StartAgedAsync(static options =>
        {
            options.MaxConnectionAgeGrace = TimeSpan.FromMinutes(1);
            options.Random = new Latest();
        });
        Scripted instance = await rig.ScriptAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        ulong id = (await instance.NextCallAsync()).CallId;

        time.Advance(Age * 1.1);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, rig.Router.ActiveCalls);
        time.Advance(TimeSpan.FromSeconds(1));

        await instance.ReceiveUntilAsync(frame => frame.CallId == id && frame.Cancel is not null);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None))).StatusCode);
        await instance.EndAsync(id, 1);
    }

    [Fact]
    public async Task Ages_differ_by_up_to_a_tenth()
    {
        Random expected = new(5);

        // The router's picks are seeded first.
        _ = expected.NextInt64();
        Rig rig = await StartAgedAsync(static options => options.Random = new Random(5));
        Scripted instance = await rig.ScriptAsync();

        for (int i = 0; i < 3; i++)
        {
            TimeSpan age = Age * (0.9 + (0.2 * expected.NextDouble()));
            Task<TimeSpan> armed = time.WhenTimerAsync(due => (due - age).Duration() < TimeSpan.FromMilliseconds(1));
            using GrpcChannel channel = rig.Host.CreateChannel();
            await instance.AnswerAsync(new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
            await armed.Soon($"No timer for {age}.");
        }
    }

    [Fact]
    public async Task The_connection_of_an_instance_stays()
    {
        Rig rig = await StartAgedAsync();
        Scripted instance = await rig.ScriptAsync();
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));

        time.Advance(Age * 5);

        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
        Assert.True(rig.Router.IsServing);
    }

    [Fact]
    public async Task A_connection_on_which_an_instance_registers_after_a_call_stays()
    {
        Rig rig = await StartAgedAsync();
        await using Http2Peer peer = await rig.OpenHttp2Async();
        (int call, byte[] open) = peer.Open(Unary);
        await peer.SendAsync(open, Http2Peer.Data(call, RawClient.Message([]), endStream: true));
        await peer.ReceiveStreamAsync(call);
        (_, byte[] register) = peer.Open("/functional.ProbeRouter/Register");
        await peer.SendAsync(register);
        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "The registration did not come.");

        time.Advance(Age * 2);
        (int later, byte[] again) = peer.Open(Unary);
        await peer.SendAsync(again, Http2Peer.Data(later, RawClient.Message([]), endStream: true));

        Assert.Equal((Http2Frame.Headers, later), await peer.ReceiveAsync() is { } frame ? (frame.Type, frame.Stream) : default);
    }

    [Fact]
    public async Task A_connection_that_is_gone_leaves_no_timer()
    {
        Rig rig = await StartAgedAsync();
        Scripted instance = await rig.ScriptAsync();
        int timers = time.TimerCount;
        using (GrpcChannel channel = rig.Host.CreateChannel())
        {
            await instance.AnswerAsync(new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
            Assert.Equal(timers + 1, time.TimerCount);
        }

        await Until.TrueAsync(() => time.TimerCount == timers, () => $"{time.TimerCount - timers} timers are left.");
    }

    private Task<Rig> StartAgedAsync(Action<RouterOptions>? configure = null) => StartAsync(new RigOptions
    {
        Instances = 0,
        Time = time,
        Router = options =>
        {
            options.MaxConnectionAge = Age;
            options.KeepAliveInterval = options.KeepAliveTimeout = options.RegistrationTimeout = TimeSpan.FromDays(10);
            configure?.Invoke(options);
        },
    });

    private sealed class Latest() : Random(0)
    {
        public override double NextDouble() => 1;
    }
}
