using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.Bench;

/// <summary>Streams whose client reads nothing: each is opened, and then left alone.</summary>
internal sealed class StuckStreams : IDisposable
{
    private const int StreamsPerConnection = 100;

    private readonly List<GrpcChannel> _channels = [];
    private readonly List<AsyncServerStreamingCall<Piece>> _calls = [];

    private StuckStreams()
    {
    }

    /// <summary>Opens streams of which each has a gibibyte to bring, and waits until all have begun.</summary>
    public static async Task<StuckStreams> OpenAsync(int port, int count, int messageSize)
    {
        StuckStreams streams = new();
        FetchRequest request = new() { Count = 1024 * 1024 * 1024 / messageSize, Size = messageSize };
        for (int i = 0; i < count; i++)
        {
            if (i % StreamsPerConnection == 0)
            {
                streams._channels.Add(RouterChannel.ForAddress($"http://127.0.0.1:{port}"));
            }

            streams._calls.Add(new Greeter.GreeterClient(streams._channels[^1]).Fetch(request));
        }

        await Task.WhenAll(streams._calls.Select(static call => call.ResponseHeadersAsync)).WaitAsync(TimeSpan.FromMinutes(1));
        return streams;
    }

    public void Dispose()
    {
        _calls.ForEach(static call => call.Dispose());
        _channels.ForEach(static channel => channel.Dispose());
    }
}
