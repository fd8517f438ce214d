using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.Bench;

internal sealed class GreeterService : Greeter.GreeterBase
{
    private const int RepliesPerStream = 100;

    // Made once for each size: what is measured is sending them.
    private static readonly ConcurrentDictionary<int, Piece> Pieces = new();

    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(Greet(request));

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        for (int i = 0; i < RepliesPerStream; i++)
        {
            await responseStream.WriteAsync(Greet(request));
        }
    }

    public override async Task<HelloReply> GreetAll(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        int count = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            count++;
        }

        return new HelloReply { Message = $"Hello to all {count}" };
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(Greet(requestStream.Current));
        }
    }

    public override Task<Piece> Echo(Piece request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Fetch(FetchRequest request, IServerStreamWriter<Piece> responseStream, ServerCallContext context)
    {
        Piece piece = Pieces.GetOrAdd(request.Size, static size => new Piece { Data = UnsafeByteOperations.UnsafeWrap(new byte[size]) });
        for (int i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(piece);
        }
    }

    public override async Task<StoreReply> Store(IAsyncStreamReader<Piece> requestStream, ServerCallContext context)
    {
        long bytes = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            bytes += requestStream.Current.Data.Length;
        }

        return new StoreReply { Bytes = bytes };
    }

    private static HelloReply Greet(HelloRequest request) => new() { Message = $"Hello {request.Name}" };
}
