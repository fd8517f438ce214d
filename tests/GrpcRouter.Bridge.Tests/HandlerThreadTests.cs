using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

/// <summary>Calls that come together share a thread, and must not notice it.</summary>
public sealed class HandlerThreadTests
{
    [Fact]
    public async Task A_handler_may_block_until_a_call_that_came_with_it_has_run()
    {
        await using Session session = await Session.StartAsync();
        using SemaphoreSlim second = new(0);
        session.Service.OnEcho = (request, _) =>
        {
            if (request.Value == "1")
            {
                Assert.True(second.Wait(Patience.Limit));
            }
            else
            {
                second.Release();
            }

            return Task.FromResult(request);
        };
        await SendTogetherAsync(session, 2);
        Assert.Equal(0u, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task An_answer_leaves_while_a_call_that_came_with_it_blocks()
    {
        await using Session session = await Session.StartAsync();
        using SemaphoreSlim answered = new(0);
        session.Service.OnEcho = (request, _) =>
        {
            Assert.True(request.Value == "1" || answered.Wait(Patience.Limit));
            return Task.FromResult(request);
        };
        await SendTogetherAsync(session, 2);
        ProbeInstanceFrame first = await session.Channel.ReceiveAsync();
        Assert.Equal("1", first.Echo.Value);
        answered.Release();
        Assert.Equal("2", Assert.Single(await session.Channel.ReceiveCallAsync(2)).Echo.Value);
    }

    [Fact]
    public async Task A_handler_that_blocks_does_not_hold_up_the_reading()
    {
        await using Session session = await Session.StartAsync();
        using SemaphoreSlim release = new(0);
        session.Service.OnEcho = (request, _) =>
        {
            Assert.True(request.Value != "1" || release.Wait(Patience.Limit));
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "1");
        Assert.Empty(await session.Channel.SettleAsync());
        await session.CallEchoAsync(2, "2");
        Assert.Equal("2", Assert.Single(await session.Channel.ReceiveCallAsync(2)).Echo.Value);
        release.Release();
        Assert.Equal("1", Assert.Single(await session.Channel.ReceiveCallAsync(1)).Echo.Value);
    }

    [Fact]
    public async Task What_a_handler_leaves_on_its_thread_is_not_seen_by_the_next()
    {
        await using Session session = await Session.StartAsync();
        AsyncLocal<string?> local = new();
        session.Service.OnEcho = (request, _) =>
        {
            string found = $"{local.Value} {CultureInfo.CurrentCulture.Name} {SynchronizationContext.Current?.GetType().Name}";
            local.Value = "left";
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            return Task.FromResult(new Text { Value = found });
        };
        const int Count = 50;
        await SendTogetherAsync(session, Count);
        HashSet<string> found = [];
        for (int i = 0; i < Count; i++)
        {
            found.Add((await session.Channel.ReceiveAsync()).Echo.Value);
        }

        string all = Assert.Single(found);
        Assert.DoesNotContain("left", all);
        Assert.DoesNotContain("tr-TR", all);
        Assert.DoesNotContain(nameof(SynchronizationContext), all);
    }

    [Fact]
    public async Task What_flows_where_the_bridge_is_started_does_not_reach_handlers()
    {
        AsyncLocal<string?> local = new() { Value = "starter" };
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = (_, _) => Task.FromResult(new Text { Value = local.Value ?? "nothing" });
        await session.CallEchoAsync(1, "");
        Assert.Equal("nothing", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    // In one write, so that the bridge reads them in one go.
    private static async Task SendTogetherAsync(Session session, int count)
    {
        using MemoryStream batch = new();
        for (ulong id = 1; id <= (ulong)count; id++)
        {
            byte[] body = new ProbeRouterFrame
            {
                CallId = id, Start = new CallStart { Method = 20001 }, Echo = new Text { Value = $"{id}" }, HalfClose = true,
            }.ToByteArray();
            byte[] prefix = new byte[5];
            BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)body.Length);
            batch.Write(prefix);
            batch.Write(body);
        }

        await session.Channel.SendRawAsync(batch.ToArray());
    }
}
