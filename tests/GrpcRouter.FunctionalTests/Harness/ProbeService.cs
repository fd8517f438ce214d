using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>Runs what a test sets. By default each method echoes.</summary>
internal sealed class ProbeService : Probe.ProbeBase
{
    private int running;
    private int started;

    public Func<Chunk, ServerCallContext, Task<Chunk>> OnUnary { get; set; } = static (request, _) => Task.FromResult(request);

    public Func<IAsyncStreamReader<Chunk>, ServerCallContext, Task<Chunk>> OnUpload { get; set; } = static async (requests, _) =>
    {
        Chunk sum = new();
        await foreach (Chunk request in requests.Each())
        {
            sum.Number += request.Data.Length;
        }

        return sum;
    };

    public Func<Chunk, IServerStreamWriter<Chunk>, ServerCallContext, Task> OnDownload { get; set; } = static async (request, responses, _) =>
    {
        for (int i = 0; i < request.Number; i++)
        {
            await responses.WriteAsync(new Chunk { Data = request.Data, Number = i });
        }
    };

    public Func<IAsyncStreamReader<Chunk>, IServerStreamWriter<Chunk>, ServerCallContext, Task> OnTalk { get; set; } = static async (requests, responses, _) =>
    {
        await foreach (Chunk request in requests.Each())
        {
            await responses.WriteAsync(request);
        }
    };

    /// <summary>Handlers that have not returned.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Calls that reached a handler.</summary>
    public int Started => Volatile.Read(ref started);

    public override Task<Chunk> Unary(Chunk request, ServerCallContext context) => Count(OnUnary(request, context));

    public override Task<Chunk> Upload(IAsyncStreamReader<Chunk> requestStream, ServerCallContext context) => Count(OnUpload(requestStream, context));

    public override Task Download(Chunk request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) =>
        Count(OnDownload(request, responseStream, context));

    public override Task Talk(IAsyncStreamReader<Chunk> requestStream, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) =>
        Count(OnTalk(requestStream, responseStream, context));

    private async Task Count(Task handler)
    {
        Interlocked.Increment(ref running);
        Interlocked.Increment(ref started);
        try
        {
            await handler;
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private async Task<Chunk> Count(Task<Chunk> handler)
    {
        await Count((Task)handler);
        return await handler;
    }
}
