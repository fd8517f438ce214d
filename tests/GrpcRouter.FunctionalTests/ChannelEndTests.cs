using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.Testing;
using GrpcRouter.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GrpcRouter.FunctionalTests;

/// <summary>How registration channels begin and end, and what that does to calls.</summary>
public sealed class ChannelEndTests : FunctionalTest
{
    [Fact]
    public async Task A_channel_whose_first_frame_is_not_hello_ends()
    {
        Rig rig = await StartAsync();
        rig.Logs.Expect("ChannelViolation");
        Scripted rude = await rig.ConnectAsync();

        await rude.SendControlAsync(new InstanceControl { Ping = new Ping { Nonce = 1 } });

        Assert.Equal(StatusCode.Internal, (await rude.ReceiveEndAsync()).StatusCode);
        Assert.Contains("Hello", Assert.Single(rig.Logs.Texts("ChannelViolation")), StringComparison.Ordinal);
        Assert.Equal(7, (await rig.Client.UnaryAsync(new Chunk { Number = 7 })).Number);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("service")]
    [InlineData("instance id")]
    [InlineData("window")]
    [InlineData("frame size")]
    public async Task A_hello_that_cannot_be_accepted_is_refused_with_a_reason_and_takes_no_calls(string what)
    {
        Rig rig = await StartAsync();
        rig.Logs.Expect("RegistrationRefused");
        Hello hello = Hello();
        switch (what)
        {
            case "version":
                hello.Versions.Clear();
                hello.Versions.Add(99);
                break;
            case "service":
                hello.Service = "functional.Other";
                break;
            case "instance id":
                hello.InstanceId = "two\nlines";
                break;
            case "window":
                hello.InitialWindow = 1;
                break;
            default:
                hello.MaxFrameSize = 1;
                break;
        }

        Scripted refused = await rig.ConnectAsync();
        await refused.SendControlAsync(new InstanceControl { Hello = hello });

        RouterControl answer = await refused.ReceiveControlAsync(RouterControl.KindOneofCase.Error);
        Assert.Equal(what == "version" ? ChannelErrorCode.Version : ChannelErrorCode.Refused, answer.Error.Code);
        Status end = await refused.ReceiveEndAsync();
        Assert.Equal((StatusCode.FailedPrecondition, answer.Error.Message), (end.StatusCode, end.Detail));
        Assert.DoesNotContain('\n', end.Detail);
        Assert.Equal("instance-0", Assert.Single(rig.Router.Instances).InstanceId);
        Assert.Equal(7, (await rig.Client.UnaryAsync(new Chunk { Number = 7 })).Number);
    }

    [Fact]
    public async Task The_same_id_on_two_channels_names_two_calls()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted first = await rig.ScriptAsync("first");
        AsyncUnaryCall<Chunk> one = rig.Client.UnaryAsync(new Chunk());
        ulong id = (await first.NextCallAsync()).CallId;
        Scripted second = await rig.ScriptAsync("second");
        AsyncUnaryCall<Chunk> two = await CallOfAsync(rig, first, second, expectedId: id);

        await second.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "second" }, End = new CallEnd() });

        Assert.Equal("second", (await two).Text);
        Assert.False(one.ResponseAsync.IsCompleted);
        await first.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "first" }, End = new CallEnd() });
        Assert.Equal("first", (await one).Text);
    }

    [Fact]
    public async Task An_instance_that_registers_anew_replaces_its_old_channel()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        rig.Logs.Expect("RegistrationRefused");
        Scripted old = await rig.ScriptAsync("same", static hello => hello.Epoch = 5);
        AsyncUnaryCall<Chunk> lost = rig.Client.UnaryAsync(new Chunk());
        await old.NextCallAsync();

        Scripted anew = await rig.ScriptAsync("same", static hello => hello.Epoch = 6);

        Assert.Equal(StatusCode.Aborted, (await old.ReceiveEndAsync()).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await lost)).StatusCode);
        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "The old channel is still open.");
        Assert.Equal(6UL, Assert.Single(rig.Router.Instances).Epoch);
        await anew.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));

        // What comes late of the time before must not win.
        Scripted zombie = await rig.ConnectAsync();
        Hello late = Hello();
        (late.InstanceId, late.Epoch) = ("same", 5);
        await zombie.SendControlAsync(new InstanceControl { Hello = late });
        Assert.Equal(StatusCode.Aborted, (await zombie.ReceiveEndAsync()).StatusCode);
        Assert.Equal(6UL, Assert.Single(rig.Router.Instances).Epoch);
        await anew.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task A_stream_that_loses_its_instance_ends_once_and_after_what_had_come()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted doomed = await rig.ScriptAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        ulong id = (await doomed.NextCallAsync()).CallId;
        await doomed.SendAsync(new ProbeInstanceFrame { CallId = id, Talk = new Chunk { Text = "last words" } });
        Assert.Equal("last words", (await call.ResponseStream.NextAsync()).Text);

        doomed.Abort();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.NextAsync());
        Assert.Equal((StatusCode.Unavailable, RouterReasons.InstanceLost), (error.StatusCode, Reasons.Of(error)));
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
        await Assert.ThrowsAsync<RpcException>(async () => await call.RequestStream.WriteAsync(new Chunk()));
        await Until.TrueAsync(() => rig.Router.OpenChannels == 0, "The channel is still open.");
    }

    [Fact]
    public async Task A_write_after_the_end_of_a_stream_says_that_no_more_is_taken()
    {
        Rig rig = await StartAsync();
        rig.Service.OnTalk = static async (_, responses, _) =>
        {
            await responses.WriteAsync(new Chunk());
            throw new RpcException(new Status(StatusCode.AlreadyExists, "enough"));
        };
        for (int round = 0; round < 50; round++)
        {
            using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
            await rig.WhenIdleAsync();

            RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (true)
                {
                    await call.RequestStream.WriteAsync(new Chunk());
                    await Task.Yield();
                }
            });

            // The status of the call itself follows the responses, which nobody has read.
            Assert.Equal(StatusCode.Cancelled, error.StatusCode);
            await call.ResponseStream.NextAsync();
            error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.NextAsync());
            Assert.Equal((StatusCode.AlreadyExists, "enough"), (error.StatusCode, error.Status.Detail));
        }
    }

    [Fact]
    public async Task An_instance_that_falls_silent_is_given_up_and_one_that_answers_is_kept()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Time = time,
            Router = static options => (options.KeepAliveInterval, options.KeepAliveTimeout) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)),
        });
        Scripted alive = await rig.ScriptAsync("alive");
        AsyncUnaryCall<Chunk> kept = rig.Client.UnaryAsync(new Chunk());
        ulong keptId = (await alive.NextCallAsync()).CallId;
        Scripted silent = await rig.ScriptAsync("silent");
        AsyncUnaryCall<Chunk> lost = await CallOfAsync(rig, alive, silent);

        time.Advance(TimeSpan.FromSeconds(23));
        await alive.SendControlAsync(new InstanceControl { Ping = new Ping { Nonce = 1 } });
        await alive.ReceiveControlAsync(RouterControl.KindOneofCase.Pong);
        Assert.Equal(2, rig.Router.Instances.Count);
        time.Advance(TimeSpan.FromSeconds(13));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await lost.ResponseAsync.Soon("The call did not end."));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await silent.ReceiveEndAsync()).StatusCode);
        Assert.Equal("alive", Assert.Single(rig.Router.Instances).InstanceId);
        await alive.SendAsync(new ProbeInstanceFrame { CallId = keptId, Unary = new Chunk { Text = "kept" }, End = new CallEnd() });
        Assert.Equal("kept", (await kept).Text);
    }

    [Fact]
    public async Task A_router_that_stops_lets_calls_end_and_its_instances_find_the_next_one()
    {
        LogGuard logs = new();
        ProbeService service = new();
        TaskCompletionSource release = new();
        service.OnUnary = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        RouterTestHost first = await RouterTestHost.StartAsync<ProbeRouter>();
        await using ProbeBridge bridge = new(service, first.Address, new BridgeOptions
        {
            InstanceId = "faithful",
            LoggerFactory = logs,
            ReconnectInitialBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectMaxBackoff = TimeSpan.FromMilliseconds(50),
        });
        await bridge.StartAsync().Soon("The bridge did not register.");
        using (GrpcChannel channel = first.CreateChannel())
        {
            Probe.ProbeClient client = new(channel);
            AsyncUnaryCall<Chunk> running = client.UnaryAsync(new Chunk { Text = "running" });
            await Until.TrueAsync(() => service.Running == 1, "The call did not start.");

            first.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

            RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Chunk()));
            Assert.Equal((StatusCode.Unavailable, RouterReasons.Shutdown), (refused.StatusCode, Reasons.Of(refused)));
            Assert.Equal(1, first.Router.ActiveCalls);
            release.SetResult();
            Assert.Equal("running", (await running).Text);
        }

        await first.DisposeAsync();
        await using RouterTestHost second = await RouterTestHost.StartAsync<ProbeRouter>(new RouterTestHostOptions { Port = first.Port });
        await second.WaitForInstancesAsync(1);
        using (GrpcChannel channel = second.CreateChannel())
        {
            Assert.Equal("again", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk { Text = "again" })).Text);
        }

        await bridge.StopAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Nothing_is_left_of_many_calls_that_ended_in_every_way(int seed)
    {
        const int calls = 5_000;
        const int clients = 48;
        Cable cable = new();
        WatchedCalls watched = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 2, Client = watched.Options });
        await rig.AddInstanceAsync(configure: options =>
        {
            options.ConfigureHandler = cable.Plug;
            options.ReconnectInitialBackoff = options.ReconnectMaxBackoff = TimeSpan.FromMilliseconds(5);
        });
        rig.Logs.Expect("Lost");
        rig.Service.OnUnary = static async (request, context) =>
        {
            if (request.Text == "wait")
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }

            return request;
        };
        int left = calls;
        int[] outcomes = new int[17];
        ConcurrentQueue<RpcException> surprises = new();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            Random random = new((seed * clients) + client);
            int number;
            while ((number = Interlocked.Decrement(ref left)) >= 0)
            {
                Interlocked.Increment(ref outcomes[(int)await RunAsync(rig.Client, watched, random, surprises)]);
                if (number % 500 == 0)
                {
                    cable.Cut();
                }
            }
        })));

        Assert.Equal(calls, outcomes.Sum());
        Assert.Empty(surprises);
        Assert.All([StatusCode.OK, StatusCode.Cancelled, StatusCode.DeadlineExceeded], code => Assert.NotEqual(0, outcomes[(int)code]));
        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => rig.Router.Instances.Count == 3 && rig.Router.Instances.All(static instance => instance.ActiveCalls == 0), "Ids are left on a channel.");
        Assert.Equal(3, rig.Router.OpenChannels);
    }

    private static async Task<StatusCode> RunAsync(Probe.ProbeClient client, WatchedCalls watched, Random random, ConcurrentQueue<RpcException> surprises)
    {
        using CancellationTokenSource cancel = new();
        bool waits = random.Next(20) == 0;
        bool cancels = random.Next(4) == 0;
        DateTime? deadline = random.Next(4) == 0 || (waits && !cancels) ? DateTime.UtcNow.AddMilliseconds(random.Next(60)) : null;
        Metadata headers = watched.NewCall();
        CallOptions options = new(headers, deadline, cancel.Token);
        Chunk chunk = new() { Number = random.Next(5), Data = ByteString.CopyFrom(new byte[random.Next(4) == 0 ? 40_000 : 10]) };
        Task call = random.Next(4) switch
        {
            0 when !waits => UploadAsync(),
            1 when !waits => DownloadAsync(),
            2 when !waits => TalkAsync(),
            _ => UnaryAsync(),
        };
        if (cancels)
        {
            Thread.SpinWait(random.Next(4_000));
            await Task.Yield();
            await cancel.CancelAsync();
        }

        try
        {
            await call.Soon("A call did not end.");
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            StatusCode end = watched.StatusOf(headers, error);
            if (end is not (StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Unavailable))
            {
                surprises.Enqueue(error);
            }

            return end;
        }

        async Task UnaryAsync() => await client.UnaryAsync(new Chunk { Text = waits ? "wait" : "", Data = chunk.Data }, options);

        async Task UploadAsync()
        {
            using AsyncClientStreamingCall<Chunk, Chunk> upload = client.Upload(options);
            await WriteAsync(upload.RequestStream);
            await upload;
        }

        async Task DownloadAsync()
        {
            using AsyncServerStreamingCall<Chunk> download = client.Download(chunk, options);
            await download.ResponseStream.ToListAsync();
        }

        async Task TalkAsync()
        {
            using AsyncDuplexStreamingCall<Chunk, Chunk> talk = client.Talk(options);
            await WriteAsync(talk.RequestStream);
            await talk.ResponseStream.ToListAsync();
        }

        async Task WriteAsync(IClientStreamWriter<Chunk> requests)
        {
            try
            {
                for (int i = 0; i < chunk.Number; i++)
                {
                    await requests.WriteAsync(chunk);
                }

                await requests.CompleteAsync();
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                // The connection is lost, which the call's status tells.
            }
        }
    }

    /// <summary>Makes calls until the second instance has got one; those of the first are answered.</summary>
    private static async Task<AsyncUnaryCall<Chunk>> CallOfAsync(Rig rig, Scripted first, Scripted second, ulong? expectedId = null)
    {
        Task<ProbeRouterFrame> taken = second.NextCallAsync();
        while (true)
        {
            AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
            await Until.TrueAsync(() => rig.Router.Instances.Sum(static instance => instance.ActiveCalls) == 2, "The call reached no instance.");
            if (rig.Router.Instances.All(static instance => instance.ActiveCalls == 1))
            {
                ulong id = (await taken).CallId;
                Assert.Equal(expectedId ?? id, id);
                return call;
            }

            await first.AnswerAsync(call);
        }
    }

    private static Hello Hello() => new()
    {
        Versions = { 1 },
        Service = ProbeRouter.Service.FullName,
        InstanceId = "greeter",
        Epoch = 1,
        InitialWindow = 65_536,
        MaxFrameSize = 65_536,
    };
}
