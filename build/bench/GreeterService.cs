using Grpc.Core;

namespace GrpcRouter.Bench;

internal sealed class GreeterService : Greeter.GreeterBase
{
    private const int RepliesPerStream = 100;

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

    private static HelloReply Greet(HelloRequest request) => new() { Message = $"Hello {request.Name}" };
}
