using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.Bench;

/// <summary>Streams that send a message, wait for its answer and send the next; h2load has no such streams. The client takes its share of the machine.</summary>
internal sealed class ChatRow : Row
{
    private const int Connections = 4;
    private const int StreamsPerConnection = 50;

    private double _seconds;

    public ChatRow(string name, string title)
        : base(name, title)
    {
        Unit = "round trips";
        Targets = RowCatalog.Unbare;
    }

    public override async Task PrepareAsync(Lab lab, IReadOnlyList<Target> targets, double seconds)
    {
        _seconds = seconds;
        foreach (Target target in targets)
        {
            await RunAsync(target, 0.5);
        }
    }

    public override async Task<Measurement> MeasureAsync(Lab lab, Target target) => await Measurement.TakeAsync(target, 1, () => RunAsync(target, _seconds));

    private static async Task<LoadResult> RunAsync(Target target, double seconds)
    {
        List<GrpcChannel> channels = [];
        try
        {
            List<Task<long>> streams = [];
            using CancellationTokenSource end = new(TimeSpan.FromSeconds(seconds));
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Connections; i++)
            {
                GrpcChannel channel = RouterChannel.ForAddress($"http://127.0.0.1:{target.Port}");
                channels.Add(channel);
                Greeter.GreeterClient client = new(channel);
                streams.AddRange(Enumerable.Range(0, StreamsPerConnection).Select(_ => Task.Run(() => ChatAsync(client, end.Token))));
            }

            long[] counts = await Task.WhenAll(streams);
            return new LoadResult(counts.Sum(), Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch (RpcException failure)
        {
            throw new BenchException($"A stream through {target.Name} ended: {failure.Status}");
        }
        finally
        {
            channels.ForEach(static channel => channel.Dispose());
        }
    }

    private static async Task<long> ChatAsync(Greeter.GreeterClient client, CancellationToken end)
    {
        HelloRequest request = new() { Name = "world" };
        using AsyncDuplexStreamingCall<HelloRequest, HelloReply> call = client.Chat();
        long count = 0;
        while (!end.IsCancellationRequested)
        {
            await call.RequestStream.WriteAsync(request);
            if (!await call.ResponseStream.MoveNext(CancellationToken.None) || call.ResponseStream.Current.Message != "Hello world")
            {
                throw new BenchException("A message was not answered as it should be.");
            }

            count++;
        }

        await call.RequestStream.CompleteAsync();
        return await call.ResponseStream.MoveNext(CancellationToken.None) ? throw new BenchException("An answer came to no message.") : count;
    }
}
