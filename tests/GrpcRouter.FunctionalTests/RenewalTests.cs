using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class RenewalTests : FunctionalTest
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_of_a_great_age_are_renewed_under_load_and_no_call_fails(bool byRouter)
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 2,
            Time = byRouter ? time : null,
            Router = options =>
            {
                options.MaxChannelAge = byRouter ? Age : null;
                options.KeepAliveInterval = TimeSpan.FromDays(20);
            },
            Bridge = options =>
            {
                options.TimeProvider = byRouter ? TimeProvider.System : time;
                options.MaxChannelAge = byRouter ? Timeout.InfiniteTimeSpan : Age;
                options.KeepAliveInterval = TimeSpan.FromDays(20);
                options.ConnectTimeout = TimeSpan.FromDays(20);
                options.Stripes = 2;
            },
        });
        await Until.TrueAsync(() => rig.Router.Instances.Count == 4, "Not all stripes registered.");
        using AsyncDuplexStreamingCall<Chunk, Chunk> stream = rig.Client.Talk();
        await EchoAsync(stream, 0);
        using CancellationTokenSource stop = new();
        Task<int>[] load = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            int calls = 0;
            while (!stop.IsCancellationRequested)
            {
                await rig.Client.UnaryAsync(new Chunk { Number = calls++ });
            }

            return calls;
        }))];

        for (int round = 1; round <= 4; round++)
        {
            HashSet<InstanceChannel> before = [.. rig.Router.Instances];
            int looks = 0;
            await Until.TrueAsync(
                () =>
                {
                    // A channel that has just been renewed may not have begun to age when the time passes.
                    if (looks++ % 100 == 0)
                    {
                        time.Advance(Age * 1.1 + TimeSpan.FromSeconds(5));
                    }

                    return rig.Router.Instances is { Count: 4 } now && now.All(channel => !before.Contains(channel) && channel.State == InstanceState.Ready);
                },
                () => $"Not renewed: {string.Join("; ", rig.Router.Instances)}");
            await EchoAsync(stream, round);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), static calls => Assert.True(calls > 0));

        // The stream is where it began, and the one thing that its old channel still waits for.
        await Until.TrueAsync(() => rig.Router.OpenChannels == 5, () => $"{rig.Router.OpenChannels} channels are open.");
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("channel", stream.GetTrailers().GetValue("grpcrouter-drain"));
        await Until.TrueAsync(() => rig.Router.OpenChannels == 4, "The old channel is still open.");
    }

    private static async Task EchoAsync(AsyncDuplexStreamingCall<Chunk, Chunk> stream, int number)
    {
        await stream.RequestStream.WriteAsync(new Chunk { Number = number });
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(number, stream.ResponseStream.Current.Number);
    }
}
