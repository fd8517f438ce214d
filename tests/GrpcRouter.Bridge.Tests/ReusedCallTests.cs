using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

/// <summary>The object behind a finished unary call serves the next one, and nothing of the first may reach it.</summary>
public sealed class ReusedCallTests
{
    [Fact]
    public async Task A_context_kept_after_its_call_speaks_of_its_own_call()
    {
        await using Session session = await Session.StartAsync();
        List<ServerCallContext> kept = [];
        session.Service.OnEcho = (request, context) =>
        {
            kept.Add(context);
            context.UserState["name"] = request.Value;
            context.ResponseTrailers.Add("name", request.Value);
            return Task.FromResult(request);
        };
        for (ulong id = 1; id <= 20; id++)
        {
            await session.CallEchoAsync(id, $"{id}", start =>
            {
                start.Authority = $"host-{id}";
                start.Peer = $"ipv4:192.0.2.{id}:1";
                start.TimeoutUs = 60_000_000 * id;
                start.Metadata.Add(FrameExtensions.Entry("name", $"{id}"));
            });
            CallEnd end = await session.Channel.ReceiveEndAsync(id);
            Assert.Equal($"{id}", Assert.Single(end.Trailers).Value.ToStringUtf8());
        }

        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.Equal(20, kept.Distinct().Count());
        Assert.Equal(20, kept.Select(static context => context.Deadline).Distinct().Count());
        for (int id = 1; id <= 20; id++)
        {
            ServerCallContext context = kept[id - 1];
            Assert.Equal("/probe.Probe/Echo", context.Method);
            Assert.Equal($"host-{id}", context.Host);
            Assert.Equal($"ipv4:192.0.2.{id}:1", context.Peer);
            Assert.Equal($"{id}", context.RequestHeaders.GetValue("name"));
            Assert.Equal($"{id}", context.UserState["name"]);
            Assert.Equal($"{id}", context.ResponseTrailers.GetValue("name"));
        }
    }

    [Fact]
    public async Task Headers_set_on_a_kept_context_reach_no_other_call()
    {
        await using Session session = await Session.StartAsync();
        ServerCallContext? kept = null;
        session.Service.OnEcho = (request, context) =>
        {
            kept = context;
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "");
        await session.Channel.ReceiveEndAsync(1);
        await session.Bridge.WhenHandlersAreGoneAsync();
        session.Service.OnEcho = async (request, _) =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => kept!.WriteResponseHeadersAsync(new Metadata { { "mine", "1" } }));
            return request;
        };
        await session.CallEchoAsync(2, "");
        ProbeInstanceFrame frame = Assert.Single(await session.Channel.ReceiveCallAsync(2));
        Assert.Null(frame.Headers);
        Assert.Equal("", frame.End.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_token_of_a_finished_call_does_not_fire_for_a_later_one(bool askedInTime)
    {
        await using Session session = await Session.StartAsync();
        ServerCallContext? kept = null;
        session.Service.OnEcho = (request, context) =>
        {
            kept = context;
            _ = askedInTime && context.CancellationToken.CanBeCanceled;
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "");
        await session.Channel.ReceiveEndAsync(1);
        await session.Bridge.WhenHandlersAreGoneAsync();
        session.Service.OnEcho = async (request, context) =>
        {
            TaskCompletionSource fired = new();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(fired.SetResult);
            await fired.Task;
            return request;
        };
        await session.CallEchoAsync(2, "");
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 2, Cancel = new CallCancel() });
        Assert.Equal((uint)StatusCode.Cancelled, (await session.Channel.ReceiveEndAsync(2)).Code);
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.False(kept!.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task The_deadline_of_a_finished_call_does_not_end_a_later_one()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time });
        await session.CallEchoAsync(1, "", static start => start.TimeoutUs = 1_000_000);
        await session.Channel.ReceiveEndAsync(1);
        await session.Bridge.WhenHandlersAreGoneAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, _) =>
        {
            entered.SetResult();
            await release.Task;
            return request;
        };
        await session.CallEchoAsync(2, "two", static start => start.TimeoutUs = 9_000_000);
        await entered.Task.WaitAsync(Patience.Limit);
        time.Advance(TimeSpan.FromSeconds(5));
        release.SetResult();
        ProbeInstanceFrame frame = Assert.Single(await session.Channel.ReceiveCallAsync(2));
        Assert.Equal("two", frame.Echo.Value);
        Assert.Equal(0u, frame.End.Code);
    }

    [Fact]
    public async Task Frames_for_a_finished_call_do_not_reach_a_later_one()
    {
        await using Session session = await Session.StartAsync();
        await session.CallEchoAsync(1, "one");
        await session.Channel.ReceiveEndAsync(1);
        await session.Bridge.WhenHandlersAreGoneAsync();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        await session.CallEchoAsync(2, "two");
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = int.MaxValue });
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Echo = new Text { Value = "late" }, HalfClose = true });
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Cancel = new CallCancel() });
        Assert.Empty(await session.Channel.SettleAsync());
        release.SetResult();
        Assert.Equal("two", Assert.Single(await session.Channel.ReceiveCallAsync(2)).Echo.Value);
    }

    [Fact]
    public async Task A_call_after_one_with_status_trailers_options_and_state_starts_clean()
    {
        await using Session session = await Session.StartAsync();
        List<string> found = [];
        session.Service.OnEcho = (request, context) =>
        {
            found.Add($"{context.Status.StatusCode} {context.ResponseTrailers.Count} {context.UserState.ContainsKey("mine")} "
                + $"{context.WriteOptions is null} {context.RequestHeaders.Count} {context.Deadline == DateTime.MaxValue}");
            context.Status = new Status(StatusCode.NotFound, "not here");
            context.ResponseTrailers.Add("mine", "1");
            context.UserState["mine"] = 1;
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            return Task.FromResult(request);
        };
        for (ulong id = 1; id <= 5; id++)
        {
            await session.CallEchoAsync(id, "");
            Assert.Equal((uint)StatusCode.NotFound, (await session.Channel.ReceiveEndAsync(id)).Code);
            await session.Bridge.WhenHandlersAreGoneAsync();
        }

        Assert.All(found, static told => Assert.Equal("OK 0 False True 0 True", told));
    }

    [Fact]
    public async Task Requests_of_any_length_follow_each_other()
    {
        await using Session session = await Session.StartAsync();
        ulong id = 0;
        foreach (int length in (int[])[0, 5_000, 3, 16_000, 0, 60_000, 700, 1_020, 1_021, 1_022, 1, 0])
        {
            string value = new((char)('a' + (length % 26)), length);
            session.Service.OnEcho = (request, _) =>
            {
                Assert.Equal(value, request.Value);
                return Task.FromResult(new Text { Value = $"{length}" });
            };
            await session.CallEchoAsync(++id, value);
            Assert.Equal($"{length}", Assert.Single(await session.Channel.ReceiveCallAsync(id)).Echo.Value);
        }
    }

    [Fact]
    public async Task A_second_half_close_of_a_request_that_came_whole_ends_the_channel()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            TaskCompletionSource fired = new();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(fired.SetResult);
            await fired.Task;
            return request;
        };
        await session.CallEchoAsync(1, "");
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal(ChannelErrorCode.Violation, frame.Control?.Error?.Code);
        await session.Bridge.WhenHandlersAreGoneAsync();
    }

    [Fact]
    public async Task Calls_that_end_in_any_way_and_order_leave_the_channel_as_it_was()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            int kind = int.Parse(request.Value) % 5;
            if (kind == 1)
            {
                await Task.Yield();
            }
            else if (kind == 2)
            {
                context.ResponseTrailers.Add("kind", "2");
                throw new RpcException(new Status(StatusCode.Aborted, "two"));
            }
            else if (kind == 3)
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "kind", "3" } });
            }

            return kind == 4 ? throw new InvalidOperationException() : request;
        };
        const ulong Count = 2_000;
        Task sending = Task.Run(async () =>
        {
            for (ulong id = 1; id <= Count; id++)
            {
                await session.CallEchoAsync(id, $"{id}", id % 3 == 0 ? static start => start.TimeoutUs = 60_000_000 : null);
            }
        });
        Dictionary<ulong, string> headers = [];
        HashSet<ulong> ended = [];
        while ((ulong)ended.Count < Count)
        {
            ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
            if (frame.Headers is { } initial)
            {
                headers.Add(frame.CallId, initial.Metadata.Value("kind")!);
            }

            if (frame.End is { } end)
            {
                Assert.True(ended.Add(frame.CallId));
                uint kind = (uint)(frame.CallId % 5);
                Assert.Equal(kind == 2 ? (uint)StatusCode.Aborted : kind == 4 ? (uint)StatusCode.Unknown : 0, end.Code);
                Assert.Equal(kind == 2 ? "2" : null, end.Trailers.Value("kind"));
                Assert.Equal(kind == 3, headers.ContainsKey(frame.CallId));
                Assert.Equal(end.Code == 0 ? $"{frame.CallId}" : null, frame.Echo?.Value);
            }
        }

        await sending;
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.Equal(0, session.Bridge.LiveCalls);
        Assert.Empty(await session.Channel.SettleAsync());
    }
}
