using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class LeakTests : FunctionalTest
{
    [Fact]
    public async Task Nothing_remains_of_many_calls_of_all_shapes_and_ends()
    {
        const int workers = 16;
        const int rounds = 250;
        Rig rig = await StartAsync(new RigOptions { Instances = 2 });
        rig.Service.OnUnary = static (request, _) => request.Number % 7 == 3
            ? throw new RpcException(new Status(StatusCode.Aborted, "every seventh"))
            : Task.FromResult(request);
        int calls = 0;

        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            Random random = new(worker);
            for (int i = 0; i < rounds; i++)
            {
                await CallAsync(rig.Client, i, random);
                Interlocked.Increment(ref calls);
            }
        })));

        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => rig.Router.Instances.All(static instance => instance.ActiveCalls == 0), "Ids are left on the channels.");
        Assert.Equal(workers * rounds, calls);
        Assert.Equal(0, rig.Service.Running);
    }

    [Fact]
    public async Task Nothing_remains_of_channels_that_come_and_go()
    {
        Rig rig = await StartAsync();
        for (int i = 0; i < 100; i++)
        {
            Scripted instance = await rig.ScriptAsync("flapping", hello => hello.Epoch = (ulong)i + 1);
            if (i % 2 == 0)
            {
                instance.CompleteSending();
                await instance.ReceiveEndAsync();
            }

            await instance.DisposeAsync();
        }

        await Until.TrueAsync(() => rig.Router.OpenChannels == 1 && rig.Router.Instances.Count == 1, "Channels are left.");
    }

    [Fact]
    public async Task A_lost_channel_fails_each_of_its_calls_exactly_once()
    {
        const int calls = 300;
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse>[] responses = [.. Enumerable.Range(0, calls).Select(_ => rig.Raw.CallAsync("/functional.Probe/Download", RawClient.Message([])))];
        for (int i = 0; i < calls; i++)
        {
            await instance.NextCallAsync();
        }

        instance.Abort();

        foreach (RawResponse response in await Task.WhenAll(responses))
        {
            Assert.Equal("14", response.Status);
            Assert.Equal(RouterReasons.InstanceLost, response.RouterReason);
        }

        Assert.Equal(0, rig.Router.ActiveCalls);
    }

    private static async Task CallAsync(Probe.ProbeClient client, int number, Random random)
    {
        using CancellationTokenSource cancel = new();
        try
        {
            switch (number % 5)
            {
                case 0 or 1:
                    await client.UnaryAsync(new Chunk { Number = number, Data = ByteString.CopyFrom(new byte[random.Next(0, 3000)]) });
                    break;
                case 2:
                    using (AsyncServerStreamingCall<Chunk> call = client.Download(new Chunk { Number = 5 }, cancellationToken: cancel.Token))
                    {
                        await call.ResponseStream.NextAsync();

                        // Half of the streams are left unread.
                        if (number % 2 == 0)
                        {
                            await call.ResponseStream.ToListAsync();
                        }
                    }

                    break;
                case 3:
                    using (AsyncClientStreamingCall<Chunk, Chunk> call = client.Upload())
                    {
                        await call.RequestStream.WriteAsync(new Chunk { Data = ByteString.CopyFrom(new byte[random.Next(0, 30_000)]) });
                        await call.RequestStream.CompleteAsync();
                        await call;
                    }

                    break;
                default:
                    using (AsyncDuplexStreamingCall<Chunk, Chunk> call = client.Talk(cancellationToken: cancel.Token))
                    {
                        await call.RequestStream.WriteAsync(new Chunk());
                        await call.ResponseStream.NextAsync();
                        await cancel.CancelAsync();
                    }

                    break;
            }
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.Aborted or StatusCode.Cancelled)
        {
        }
    }
}
