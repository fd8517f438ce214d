using System.Buffers.Binary;

namespace GrpcRouter.HostileTests;

/// <summary>Streams that are opened to be reset: by the client (CVE-2023-44487), or by the server because the client makes it (CVE-2025-8671).</summary>
[Collection(Attacks.Name)]
public sealed class RapidResetTests : HostileTest
{
    [Fact]
    public async Task A_connection_that_resets_its_calls_at_once_is_told_to_calm_down_and_closed()
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();

        int sent = await AttackAsync(attacker, static (peer, path) =>
        {
            (int stream, byte[] open) = peer.Open(path);
            return [.. open, .. Http2Peer.Reset(stream)];
        });

        await attacker.Closed.Soon("The attacker's connection is still there.");
        await arena.IsCaughtAsync(AbuseKinds.Cancels, $"{attacker.Name} was stopped");
        Assert.Equal(1, arena.Offences(AbuseKinds.Cancels));
        Assert.InRange(sent, 2000, int.MaxValue);

        // What reached an instance is the burst, what comes back to it while the attack lasts, and what was under way.
        Assert.InRange(arena.Service.Started, 0, 10_000);
        MemoryIsWithin(64 * MiB);
    }

    [Theory]
    [InlineData("a window beyond 2^31 - 1")]
    [InlineData("a window update of 0")]
    [InlineData("data after the end")]
    [InlineData("headers after the end")]
    public async Task A_client_that_makes_the_server_reset_its_streams_is_closed_as_well(string trick)
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();

        await AttackAsync(attacker, (peer, path) =>
        {
            (int stream, byte[] open) = peer.Open(path, endStream: trick.EndsWith("after the end", StringComparison.Ordinal));
            byte[] provocation = trick switch
            {
                "a window beyond 2^31 - 1" => Http2Peer.WindowUpdate(stream, int.MaxValue),
                "a window update of 0" => Http2Peer.WindowUpdate(stream, 0),
                "data after the end" => Http2Peer.Data(stream, [0]),
                _ => [.. open],
            };
            return [.. open, .. provocation];
        });

        await attacker.Closed.Soon("The attacker's connection is still there.");
        await Until.TrueAsync(() => arena.Offences(AbuseKinds.Cancels) + arena.Offences(AbuseKinds.Http2) > 0, "Nobody was caught.");
        Assert.NotEmpty(arena.LinesOf(attacker.Name));
        Assert.InRange(arena.Service.Started, 0, 10_000);
        MemoryIsWithin(64 * MiB);
    }

    [Fact]
    public async Task A_connection_whose_calls_run_to_their_end_may_cancel_as_many()
    {
        Arena arena = await StartAsync(static options => (options.Abuse.CancelBurst, options.Abuse.CancelsPerSecond) = (10, 0));
        Http2Peer client = await arena.ConnectAsync();
        for (int i = 0; i < 100; i++)
        {
            await CancelAsync(arena, client);
            await CallAsync(client, "0");
        }

        Assert.Equal(0, arena.Offences(AbuseKinds.Cancels));
    }

    [Fact]
    public async Task The_call_after_the_last_cancel_that_was_allowed_is_the_one_that_is_refused()
    {
        Arena arena = await StartAsync(static options => (options.Abuse.CancelBurst, options.Abuse.CancelsPerSecond) = (10, 0));
        Http2Peer client = await arena.ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            await CancelAsync(arena, client);
        }

        // Gives one back, which the next takes.
        await CallAsync(client, "0");
        await CancelAsync(arena, client);
        await CancelAsync(arena, client);
        await Until.TrueAsync(() => arena.Router.ActiveCalls == 0, "A call is left.");
        (int stream, byte[] open) = client.Open(Calls.Talk);
        await client.SendAsync(open);

        Http2Frame reset = await ReceiveResetAsync(client);
        Assert.Equal((stream, HttpErrors.EnhanceYourCalm), (reset.Stream, BinaryPrimitives.ReadInt32BigEndian(reset.Payload)));
        await client.GoneAway.Soon("The client was not told to leave.");
        await arena.IsCaughtAsync(AbuseKinds.Cancels, $"{client.Name} was stopped");
    }

    [Fact]
    public async Task Long_streams_may_be_lost_all_at_once()
    {
        ManualTimeProvider time = new();
        Arena arena = await StartAsync(static options => (options.Abuse.CancelBurst, options.Abuse.CancelsPerSecond) = (10, 0), time: time);
        Http2Peer proxy = await arena.ConnectAsync();
        List<int> streams = [];
        for (int i = 0; i < 100; i++)
        {
            (int stream, byte[] open) = proxy.Open(Calls.Talk);
            await proxy.SendAsync(open);
            streams.Add(stream);
        }

        await Until.TrueAsync(() => arena.Service.Running == 100, "The streams are not open.");
        time.Advance(TimeSpan.FromSeconds(10));
        await proxy.SendAsync([.. streams.Select(static stream => Http2Peer.Reset(stream))]);
        await Until.TrueAsync(() => arena.Service.Running == 0, "The streams are still open.");

        await CallAsync(proxy, "0");
        Assert.Equal(0, arena.Offences(AbuseKinds.Cancels));
    }

    // Until the server closes the connection; a server that does not lets the test fail at the end of the loop.
    private static async Task<int> AttackAsync(Http2Peer attacker, Func<Http2Peer, string, byte[]> attack)
    {
        const int Most = 200_000;
        const int Batch = 100;
        int sent = 0;
        while (sent < Most && !attacker.Closed.IsCompleted)
        {
            byte[] batch = [.. Enumerable.Range(0, Batch).SelectMany(_ => attack(attacker, Calls.Talk))];
            if (!await attacker.TrySendAsync(batch))
            {
                break;
            }

            sent += Batch;
        }

        return sent;
    }

    private static async Task CancelAsync(Arena arena, Http2Peer client)
    {
        int started = arena.Service.Started;
        (int stream, byte[] open) = client.Open(Calls.Talk);
        await client.SendAsync(open);
        await Until.TrueAsync(() => arena.Service.Started > started, "The call did not start.");
        await client.SendAsync(Http2Peer.Reset(stream));
        await Until.TrueAsync(() => arena.Router.ActiveCalls == 0, "The call did not end.");
    }

    private static async Task CallAsync(Http2Peer client, string status)
    {
        (int stream, byte[] open) = client.Open(Calls.Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, Calls.Message(new Chunk()), endStream: true));
        (List<List<(string Key, string Value)>> blocks, _, _) = await client.ReceiveStreamAsync(stream);
        Assert.Equal(status, blocks[^1].Of("grpc-status"));
    }

    private static async Task<Http2Frame> ReceiveResetAsync(Http2Peer client)
    {
        while (await client.ReceiveAsync() is { } frame)
        {
            if (frame.Type == Http2Frame.Reset)
            {
                return frame;
            }
        }

        throw new IOException("The connection ended without a reset.");
    }
}
