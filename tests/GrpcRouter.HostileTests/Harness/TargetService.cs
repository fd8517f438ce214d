using Grpc.Core;

namespace GrpcRouter.HostileTests;

/// <summary>The service behind which an honest instance stands. Its handlers leave when they are told to.</summary>
internal sealed class TargetService : Target.TargetBase
{
    private int running;
    private int started;

    /// <summary>Handlers that have not returned.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Calls that reached a handler.</summary>
    public int Started => Volatile.Read(ref started);

    /// <summary>The requests that were read to their end, and their bytes.</summary>
    public long Received { get; private set; }

    /// <summary>Echoes <c>data</c>, or <c>number</c> bytes.</summary>
    public override Task<Chunk> Unary(Chunk request, ServerCallContext context) => RunAsync(() => Task.FromResult(request.Number > 0 ? Filled(request.Number) : request));

    public override Task<Chunk> Upload(IAsyncStreamReader<Chunk> requestStream, ServerCallContext context) => RunAsync(async () =>
    {
        int messages = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            messages++;
            Received += requestStream.Current.Data.Length;
        }

        return new Chunk { Number = messages };
    });

    /// <summary>Sends 1 KiB at a time, without an end.</summary>
    public override Task Download(Chunk request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) => RunAsync<Chunk>(async () =>
    {
        while (true)
        {
            await responseStream.WriteAsync(Filled(1024), context.CancellationToken);
        }
    });

    /// <summary>Answers each message with itself.</summary>
    public override Task Talk(IAsyncStreamReader<Chunk> requestStream, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) => RunAsync(async () =>
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(requestStream.Current, context.CancellationToken);
        }

        return new Chunk();
    });

    private static Chunk Filled(int bytes) => new() { Data = Google.Protobuf.ByteString.CopyFrom(new byte[bytes]) };

    private async Task<Chunk> RunAsync(Func<Task<Chunk>> handler) => await RunAsync<Chunk>(handler);

    private async Task<T> RunAsync<T>(Func<Task<T>> handler)
    {
        Interlocked.Increment(ref running);
        Interlocked.Increment(ref started);
        try
        {
            return await handler();
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }
}
