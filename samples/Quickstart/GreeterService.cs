using Greet;
using Grpc.Core;

/// <summary>An ordinary gRPC service: nothing in it knows of the router.</summary>
internal sealed class GreeterService(string? instance = null) : Greeter.GreeterBase
{
    private readonly string instance = instance ?? $"process {Environment.ProcessId}";

    /// <summary>Runs before each hello, so that the quickstart can hold one up.</summary>
    public Func<HelloRequest, Task> BeforeHello { get; set; } = static _ => Task.CompletedTask;

    public override async Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
    {
        await BeforeHello(request).WaitAsync(context.CancellationToken);
        return Reply($"Hello {request.Name}");
    }

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> replies, ServerCallContext context)
    {
        for (var count = 1; ; count++)
        {
            await replies.WriteAsync(Reply($"Hello {request.Name}, {count}"), context.CancellationToken);
        }
    }

    public override async Task<HelloReply> GreetAll(IAsyncStreamReader<HelloRequest> requests, ServerCallContext context)
    {
        List<string> names = [];
        while (await requests.MoveNext(context.CancellationToken))
        {
            names.Add(requests.Current.Name);
        }

        return Reply($"Hello {string.Join(", ", names)}");
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requests, IServerStreamWriter<HelloReply> replies, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            await replies.WriteAsync(Reply($"Hello {requests.Current.Name}"), context.CancellationToken);
        }
    }

    private HelloReply Reply(string message) => new() { Message = message, Instance = instance };
}
