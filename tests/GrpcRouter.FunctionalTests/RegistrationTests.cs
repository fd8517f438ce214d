using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class RegistrationTests : FunctionalTest
{
    public static TheoryData<string, ChannelErrorCode> Refusals => new()
    {
        { "version", ChannelErrorCode.Version },
        { "no version", ChannelErrorCode.Version },
        { "other service", ChannelErrorCode.Refused },
        { "no id", ChannelErrorCode.Refused },
        { "long id", ChannelErrorCode.Refused },
        { "id with a line break", ChannelErrorCode.Refused },
        { "too many labels", ChannelErrorCode.Refused },
        { "small window", ChannelErrorCode.Refused },
        { "small frames", ChannelErrorCode.Refused },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_registration_that_cannot_be_is_refused_with_a_reason(string what, ChannelErrorCode code)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        rig.Logs.Expect("RegistrationRefused");
        Scripted instance = await rig.ConnectAsync();
        Hello hello = new() { Versions = { 1 }, Service = "functional.Probe", InstanceId = "x", InitialWindow = 65_536, MaxFrameSize = 65_536 };
        switch (what)
        {
            case "version":
                hello.Versions[0] = 7;
                break;
            case "no version":
                hello.Versions.Clear();
                break;
            case "other service":
                hello.Service = "functional.Victim\r\nforged line";
                break;
            case "no id":
                hello.InstanceId = "";
                break;
            case "long id":
                hello.InstanceId = new string('x', 1024 * 100);
                break;
            case "id with a line break":
                hello.InstanceId = "a\nb";
                break;
            case "too many labels":
                hello.Labels.Add(Enumerable.Range(0, 65).ToDictionary(static i => $"{i}", static i => ""));
                break;
            case "small window":
                hello.InitialWindow = 1000;
                break;
            default:
                hello.MaxFrameSize = 1000;
                break;
        }

        await instance.SendControlAsync(new InstanceControl { Hello = hello });

        ProbeRouterFrame answer = await instance.ReceiveUntilAsync(static frame => frame.Control is not null);
        Assert.Equal(code, answer.Control.Error.Code);
        Assert.Equal(StatusCode.FailedPrecondition, (await instance.ReceiveEndAsync()).StatusCode);
        Assert.Empty(rig.Router.Instances);
        Assert.DoesNotContain('\n', Assert.Single(rig.Logs.Texts("RegistrationRefused")));
    }

    [Fact]
    public async Task A_first_frame_that_is_not_hello_ends_the_channel()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        rig.Logs.Expect("ChannelViolation");
        Scripted instance = await rig.ConnectAsync();

        await instance.SendAsync(new ProbeInstanceFrame { CallId = 1, Unary = new Chunk() });

        Assert.Equal(StatusCode.Internal, (await instance.ReceiveEndAsync()).StatusCode);
    }

    [Fact]
    public async Task A_channel_without_hello_is_closed_in_time()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted silent = await rig.ConnectAsync();
        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "The channel did not open.");

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(StatusCode.FailedPrecondition, (await silent.ReceiveEndAsync()).StatusCode);
        await Until.TrueAsync(() => rig.Router.OpenChannels == 0, "The channel is still open.");
    }

    [Fact]
    public async Task A_newer_registration_replaces_the_zombie_whose_late_close_removes_nothing()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted zombie = await rig.ScriptAsync("same", static hello => hello.Epoch = 5);
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        await zombie.NextCallAsync();

        Scripted fresh = await rig.ScriptAsync("same", static hello => hello.Epoch = 6);

        ProbeRouterFrame last = await zombie.ReceiveUntilAsync(static frame => frame.Control?.Error is not null);
        Assert.Equal(ChannelErrorCode.Replaced, last.Control.Error.Code);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await zombie.ReceiveEndAsync();
        zombie.Abort();
        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "The zombie's channel is still open.");
        Assert.Equal(6UL, Assert.Single(rig.Router.Instances).Epoch);
        await fresh.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task An_older_registration_does_not_take_over()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        rig.Logs.Expect("RegistrationRefused");
        Scripted current = await rig.ScriptAsync("same", static hello => hello.Epoch = 6);
        Scripted late = await rig.ConnectAsync();

        await late.SendControlAsync(new InstanceControl
        {
            Hello = new Hello { Versions = { 1 }, Service = "functional.Probe", InstanceId = "same", Epoch = 5, InitialWindow = 65_536, MaxFrameSize = 65_536 },
        });

        ProbeRouterFrame last = await late.ReceiveUntilAsync(static frame => frame.Control?.Error is not null);
        Assert.Equal(ChannelErrorCode.Replaced, last.Control.Error.Code);
        await current.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task Two_holders_of_an_id_that_take_turns_answer_every_call_at_most_once()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        for (ulong epoch = 1; epoch <= 50; epoch++)
        {
            Scripted holder = await rig.ScriptAsync("same", hello => hello.Epoch = epoch);
            await holder.AnswerAsync(rig.Client.UnaryAsync(new Chunk()), $"epoch {epoch}");
        }

        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "Replaced channels are still open.");
    }

    [Fact]
    public async Task Calls_go_round_all_instances()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        ProbeService[] services = [new(), new(), new()];
        foreach (ProbeService service in services)
        {
            await rig.AddInstanceAsync(service);
        }

        for (int i = 0; i < 31; i++)
        {
            await rig.Client.UnaryAsync(new Chunk());
        }

        Assert.All(services, static service => Assert.InRange(service.Started, 10, 11));
    }

    [Fact]
    public async Task A_bridge_comes_back_after_its_channel_is_lost()
    {
        Socket? connection = null;
        Rig rig = await StartAsync(new RigOptions
        {
            Bridge = options =>
            {
                options.ReconnectInitialBackoff = TimeSpan.FromMilliseconds(1);
                options.ConfigureHandler = handler => handler.ConnectCallback = async (context, token) =>
                {
                    connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await connection.ConnectAsync(context.DnsEndPoint, token);
                    return new NetworkStream(connection, ownsSocket: true);
                };
            },
        });
        rig.Logs.Expect("Lost");
        InstanceChannel before = Assert.Single(rig.Router.Instances);

        connection!.Close(timeout: 0);

        await Until.TrueAsync(() => rig.Router.Instances is [var now] && now != before && now.State == InstanceState.Ready, "The bridge did not come back.");
        Assert.Equal("on", (await rig.Client.UnaryAsync(new Chunk { Text = "on" })).Text);
    }

    [Fact]
    public async Task A_host_that_stops_lets_running_calls_finish_and_refuses_new_ones()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> running = rig.Client.UnaryAsync(new Chunk());
        ulong id = (await instance.NextCallAsync()).CallId;

        rig.Host.Hub.BeginShutdown();

        await instance.ReceiveUntilAsync(static frame => frame.Control?.Drain is not null);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));
        Assert.Equal((StatusCode.Unavailable, RouterReasons.Shutdown), (error.StatusCode, Reasons.Of(error)));
        await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "done" }, End = new CallEnd() });
        Assert.Equal("done", (await running).Text);
        Assert.Equal(StatusCode.Unavailable, (await instance.ReceiveEndAsync()).StatusCode);
    }

    [Fact]
    public async Task The_registration_path_is_no_method_for_clients_of_http()
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync("/functional.ProbeRouter/Register", [], ("content-type", "text/plain"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.HttpStatus);
    }
}
