using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.Bench;

/// <summary>One bidirectional stream that sends a message of 1 KiB each 10 ms and is answered.</summary>
internal static class ModestStream
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(10);

    /// <returns>Times from a message to its answer, with the rate of answers.</returns>
    public static async Task<LoadResult> RunAsync(int port, double seconds)
    {
        using GrpcChannel channel = RouterChannel.ForAddress($"http://127.0.0.1:{port}");
        using AsyncDuplexStreamingCall<HelloRequest, HelloReply> call = new Greeter.GreeterClient(channel).Chat();
        HelloRequest request = new() { Name = new string('w', 1024) };
        using PeriodicTimer timer = new(Gap);
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            await timer.WaitForNextTickAsync();
            long sent = Stopwatch.GetTimestamp();
            await call.RequestStream.WriteAsync(request);
            if (!await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                throw new BenchException("The modest stream ended.");
            }

            times.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await call.RequestStream.CompleteAsync();
        double[] sorted = [.. times.Order()];
        return new LoadResult(sorted.Length, elapsed, Statistics.Percentile(sorted, 0.5), Statistics.Percentile(sorted, 0.99));
    }
}
