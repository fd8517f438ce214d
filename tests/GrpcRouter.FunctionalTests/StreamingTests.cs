using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class StreamingTests : FunctionalTest
{
    [Fact]
    public async Task A_response_is_there_before_the_next_request_is_sent()
    {
        Rig rig = await StartAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();

        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Chunk { Number = i });
            Assert.Equal(i, (await call.ResponseStream.NextAsync()).Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Empty(await call.ResponseStream.ToListAsync());
    }

    [Fact]
    public async Task Messages_keep_their_order_while_other_channels_come_and_go()
    {
        const int messages = 2000;
        Rig rig = await StartAsync();
        Task<List<Chunk>>[] streams = [.. Enumerable.Range(0, 8).Select(number => EchoAsync(rig, messages, number))];
        await Until.TrueAsync(() => rig.Service.Running == streams.Length, "The streams did not start.");
        for (int i = 0; i < 20; i++)
        {
            Scripted other = await rig.ScriptAsync($"other-{i}");
            other.Abort();
        }

        for (int number = 0; number < streams.Length; number++)
        {
            List<Chunk> replies = await streams[number];
            Assert.Equal(Enumerable.Range(0, messages), replies.Select(static reply => reply.Number));
            Assert.All(replies, reply => Assert.Equal($"stream {number}", reply.Text));
        }
    }

    [Fact]
    public async Task The_handler_sees_the_half_close_once_and_may_answer_long_after()
    {
        Rig rig = await StartAsync();
        TaskCompletionSource<int> ends = new();
        TaskCompletionSource goOn = new();
        rig.Service.OnTalk = async (requests, responses, _) =>
        {
            int seen = 0;
            while (await requests.MoveNext(CancellationToken.None))
            {
                seen++;
            }

            Assert.False(await requests.MoveNext(CancellationToken.None));
            ends.SetResult(seen);
            await goOn.Task;
            for (int i = 0; i < 10; i++)
            {
                await responses.WriteAsync(new Chunk { Number = i });
            }
        };
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        await call.RequestStream.WriteAsync(new Chunk());
        await call.RequestStream.WriteAsync(new Chunk());
        Assert.False(ends.Task.IsCompleted);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(2, await ends.Task.Soon("The handler did not see the end of the requests."));
        goOn.SetResult();
        Assert.Equal(Enumerable.Range(0, 10), (await call.ResponseStream.ToListAsync()).Select(static reply => reply.Number));
    }

    [Fact]
    public async Task A_writer_learns_the_status_of_an_instance_that_finished_first()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUpload = static (_, _) => throw new RpcException(new Status(StatusCode.AlreadyExists, "enough"));
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        Chunk large = new() { Data = ByteString.CopyFrom(new byte[64 * 1024]) };

        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // More than all windows on the way hold: without the status, some write would wait for ever.
            for (int i = 0; i < 1000; i++)
            {
                await call.RequestStream.WriteAsync(large).Soon("A write hangs.");
            }
        });

        // The writer is told that no more is taken, and the call why.
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync.Soon("The call did not end."));
        Assert.Equal((StatusCode.AlreadyExists, "enough"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task An_instance_may_answer_ok_with_requests_unread()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUpload = static async (requests, _) =>
        {
            await requests.NextAsync();
            return new Chunk { Text = "one is enough" };
        };
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        await call.RequestStream.WriteAsync(new Chunk());

        Assert.Equal("one is enough", (await call.ResponseAsync.Soon("The answer did not come while the requests were open.")).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Empty_messages_are_told_from_none(int count)
    {
        Rig rig = await StartAsync();
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk { Number = count });
        rig.Service.OnDownload = static async (request, responses, _) =>
        {
            for (int i = 0; i < request.Number; i++)
            {
                await responses.WriteAsync(new Chunk());
            }
        };

        List<Chunk> replies = await rig.Client.Download(new Chunk { Number = count }).ResponseStream.ToListAsync();

        Assert.Equal(count, replies.Count);
        Assert.All(replies, static reply => Assert.Equal(0, reply.CalculateSize()));
        await call.ResponseStream.ToListAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Empty_requests_are_told_from_none(int count)
    {
        Rig rig = await StartAsync();
        rig.Service.OnUpload = static async (requests, _) => new Chunk { Number = (await requests.ToListAsync()).Count };
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        for (int i = 0; i < count; i++)
        {
            await call.RequestStream.WriteAsync(new Chunk());
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(count, (await call).Number);
    }

    [Fact]
    public async Task A_call_whose_sides_both_write_without_reading_stalls_alone()
    {
        Rig rig = await StartAsync();
        Chunk large = new() { Data = ByteString.CopyFrom(new byte[32 * 1024]) };
        rig.Service.OnTalk = async (_, responses, context) =>
        {
            while (true)
            {
                await responses.WriteAsync(large, context.CancellationToken);
            }
        };
        using AsyncDuplexStreamingCall<Chunk, Chunk> stuck = rig.Client.Talk();
        Task writing = Task.Run(async () =>
        {
            while (true)
            {
                await stuck.RequestStream.WriteAsync(large);
            }
        });

        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await rig.Client.UnaryAsync(new Chunk { Number = i })).Number);
        }

        Assert.False(writing.IsCompleted);
        stuck.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => writing.Soon("The writer did not learn of the cancellation."));
        await rig.WhenIdleAsync();
    }

    [Fact]
    public async Task A_handler_may_call_its_own_instance_through_the_router()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = async (request, _) =>
            request.Number == 0 ? request : await rig.Client.UnaryAsync(new Chunk { Number = request.Number - 1, Text = request.Text });

        Chunk[] replies = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => rig.Client.UnaryAsync(new Chunk { Number = 4, Text = $"{i}" }).ResponseAsync))
            .Soon("The calls wait for each other.");

        Assert.Equal(Enumerable.Range(0, 32).Select(static i => $"{i}"), replies.Select(static reply => reply.Text));
        Assert.Equal(32 * 5, rig.Service.Started);
    }

    [Fact]
    public async Task A_stream_that_rests_for_a_day_goes_on()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time, Router = static options => options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromHours(1) });
        Scripted instance = await rig.ScriptAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Talk = new Chunk { Text = "morning" } });
        Assert.Equal("morning", (await call.ResponseStream.NextAsync()).Text);

        for (int hour = 0; hour < 24; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            ProbeRouterFrame ping = await instance.ReceiveUntilAsync(static frame => frame.Control?.Ping is not null);
            await instance.SendControlAsync(new V1.InstanceControl { Pong = new V1.Pong { Nonce = ping.Control.Ping.Nonce } });

            // The answer to a ping of the instance's own tells that the router has read the pong before it.
            await instance.SendControlAsync(new V1.InstanceControl { Ping = new V1.Ping { Nonce = 1 } });
            await instance.ReceiveUntilAsync(static frame => frame.Control?.Pong is not null);
        }

        await call.RequestStream.WriteAsync(new Chunk { Text = "evening" });
        Assert.Equal("evening", (await instance.ReceiveUntilAsync(frame => frame.CallId == start.CallId && frame.Talk is not null)).Talk.Text);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Talk = new Chunk { Text = "night" }, End = new V1.CallEnd() });
        Assert.Equal("night", Assert.Single(await call.ResponseStream.ToListAsync()).Text);
    }

    private static async Task<List<Chunk>> EchoAsync(Rig rig, int messages, int number)
    {
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        Task<List<Chunk>> replies = call.ResponseStream.ToListAsync();
        for (int i = 0; i < messages; i++)
        {
            await call.RequestStream.WriteAsync(new Chunk { Number = i, Text = $"stream {number}" });
        }

        await call.RequestStream.CompleteAsync();
        return await replies;
    }
}
